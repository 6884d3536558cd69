import { toKvPairs } from '../../worker/semantics/rules/kv-entries.ts'
import type { Problem } from '../../worker/semantics/source/report.ts'
import type { LoadedRules } from '../load-rules.ts'

/** The control API takes no more than this in one push (docs/control-api.md); what it adds around the files is within the margin. */
const PUSHED_BYTES_MAX = 3_900_000

/** A rule folder that compiled, ready to be published either way. */
export interface Publication {
  /** Its files, for a push; null when they are more than one push takes. */
  readonly files: ReadonlyMap<string, string> | null
  /** Its documents by their KV keys, in the order of writing. */
  readonly entries: ReadonlyMap<string, string>
  /** What it has stages of, as `shop/dev`. */
  readonly stages: readonly string[]
}

/** A rule folder as `stagedoor dev` needs it: without a publication when it has errors. Texts only, which threads hand over quicker than documents. */
export type PreparedRules =
  | { readonly kind: 'loaded'; readonly publication: Publication | null; readonly problems: readonly Problem[] }
  | { readonly kind: 'unreadable'; readonly message: string }

/** Prepares what was loaded for publishing; its stages get the revision. */
export function preparePublication(loaded: LoadedRules, revision: number): PreparedRules {
  if (loaded.kind === 'unreadable') return loaded
  const { files, rules, problems } = loaded
  if (rules === null) return { kind: 'loaded', publication: null, problems }
  const stages = rules.stages.map((stage) => ({ ...stage, revision }))
  const entries = new Map(toKvPairs({ ...rules, stages }))
  const publication = { files: isTooLarge(files) ? null : files, entries, stages: stages.map((stage) => `${stage.apiId}/${stage.stageName}`) }
  return { kind: 'loaded', publication, problems }
}

/** Whether the files are more than one push takes. A file that is too large as it is need not be written as JSON to know. */
function isTooLarge(files: ReadonlyMap<string, string>): boolean {
  let bytes = 0
  for (const text of files.values()) {
    bytes += text.length > PUSHED_BYTES_MAX ? text.length : JSON.stringify(text).length
    if (bytes > PUSHED_BYTES_MAX) return true
  }
  return false
}
