import { toKvPairs } from '../../worker/semantics/rules/kv-entries.ts'
import { loadRules, type LoadedRules } from '../load-rules.ts'
import type { PreparedRules } from './publication.ts'
import type { RulesSource } from './rules-thread.ts'

/** The control API takes no more than this in one push (docs/control-api.md); what it adds around the files is within the margin. */
const PUSHED_BYTES_MAX = 3_900_000

/** Reads and compiles a rule folder, and prepares it for publishing. */
export async function compileFolder({ directory, env, credentialsKey }: RulesSource): Promise<PreparedRules> {
  return preparePublication(await loadRules(directory, env, credentialsKey))
}

/** Prepares what was loaded for publishing. */
export function preparePublication(loaded: LoadedRules): PreparedRules {
  if (loaded.kind === 'unreadable') return loaded
  const { files, rules, problems } = loaded
  if (rules === null) return { kind: 'loaded', publication: null, problems }
  const stages = rules.stages.map((stage) => `${stage.apiId}/${stage.stageName}`)
  const isLasting = rules.credentials.length === 0 && ![...files.values()].some((text) => text.includes('${env.'))
  return { kind: 'loaded', publication: { files: isTooLarge(files) ? null : files, entries: new Map(toKvPairs(rules)), stages, isLasting }, problems }
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
