import type { RuleSet } from '../../worker/semantics/rules/rule-set.ts'
import type { ControlClient } from '../control/control-client.ts'
import { pushRules } from '../push/push-rules.ts'
import type { Publisher } from './publisher.ts'

/** The control API takes no more than this in one push (docs/control-api.md); what it adds around the files is within the margin. */
const PUSHED_BYTES_MAX = 3_900_000

/** A rule folder that compiled: its files, and what they became. */
export interface CompiledFolder {
  readonly files: ReadonlyMap<string, string>
  readonly rules: RuleSet
}

/** How the rules got in: `pushed` with history, or `written` past the control API because they are too large for it; or why not. */
export type Published = { readonly kind: 'pushed' } | { readonly kind: 'written' } | { readonly kind: 'failed'; readonly message: string }

/** What publishing needs of the running gateway. */
export interface PublishTargets {
  readonly client: ControlClient
  readonly publisher: Publisher
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Publishes a folder as CI would, and deploys every stage. A folder beyond the control API's bound goes to the local KV, without history. */
export async function publishFolder(folder: CompiledFolder, { client, publisher, env }: PublishTargets): Promise<Published> {
  if (publisher.hasPublished() || isTooLarge(folder.files)) {
    await publisher.publish(folder.rules)
    return { kind: 'written' }
  }
  const outcome = await pushRules(client, folder.files, { env, deploy: 'every-stage', attribution: { author: 'stagedoor dev', message: 'the rule folder changed' }, prune: true })
  if (outcome.kind === 'done') return { kind: 'pushed' }
  return { kind: 'failed', message: outcome.kind === 'problem' ? outcome.problem.detail : outcome.message }
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
