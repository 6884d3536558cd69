import type { CanonicalPath } from './canonical-path.ts'

/** Takes the first segment off a path; slashes before it do not count, those after it stay: `//dev//pets` gives `dev` and `//pets` (aws-rest 1.4). */
export function splitFirstSegment(path: CanonicalPath): { readonly segment: string; readonly rest: CanonicalPath } {
  let start = 0
  while (path.charCodeAt(start) === SLASH) start += 1
  const end = path.indexOf('/', start)
  if (end === -1) return { segment: path.slice(start), rest: '' as CanonicalPath }
  return { segment: path.slice(start, end), rest: path.slice(end) as CanonicalPath }
}

const SLASH = 47
