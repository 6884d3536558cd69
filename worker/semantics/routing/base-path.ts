import type { DomainDocument } from '../../../kv-schemas/documents/account.ts'
import type { CanonicalPath } from './canonical-path.ts'

type Mapping = DomainDocument['basePathMappings'][number]

/** Chooses the base path mapping of a path: the longest one that ends at a segment's end; the empty one catches the rest (aws-rest 14). */
export function matchBasePath(mappings: readonly Mapping[], path: CanonicalPath): { readonly mapping: Mapping; readonly rest: CanonicalPath } | null {
  const trimmed = path.replace(/^\/+/u, '')
  let best: Mapping | null = null
  for (const mapping of mappings) {
    const takes = mapping.basePath === '' || trimmed === mapping.basePath || trimmed.startsWith(`${mapping.basePath}/`)
    if (takes && (best === null || mapping.basePath.length > best.basePath.length)) best = mapping
  }
  if (best === null) return null
  const rest = best.basePath === '' ? path : trimmed.slice(best.basePath.length)
  return { mapping: best, rest: rest as CanonicalPath }
}
