import type { ControlClient } from '../control/control-client.ts'
import type { PreparedRules, Publication } from './publication.ts'
import type { Publisher } from './publisher.ts'

/** How the rules got in: `pushed` with history, or `written` past the control API because they are too large for it; or why not. */
export type Published = { readonly kind: 'pushed' } | { readonly kind: 'written' } | { readonly kind: 'failed'; readonly message: string }

/** What publishing needs of the running gateway. */
export interface PublishTargets {
  readonly client: ControlClient
  readonly publisher: Publisher
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The code of a push checks what the gateway answers, with schemas that take long to load; a folder that is too large to be pushed needs none. */
const loadPush = () => import('../push/push-rules.ts')

/** Loads the code that publishing these rules will need, while there is time. */
export async function preparePush(rules: PreparedRules): Promise<void> {
  if (rules.kind === 'loaded' && rules.publication !== null && rules.publication.files !== null) await loadPush()
}

/** Publishes a folder as CI would, and deploys every stage. A folder beyond the control API's bound goes to the local KV, without history. */
export async function publishFolder({ files, entries }: Publication, { client, publisher, env }: PublishTargets): Promise<Published> {
  if (files === null || publisher.hasPublished()) {
    await publisher.publish(entries)
    return { kind: 'written' }
  }
  const { pushRules } = await loadPush()
  const outcome = await pushRules(client, files, { env, deploy: 'every-stage', attribution: { author: 'stagedoor dev', message: 'the rule folder changed' }, prune: true })
  if (outcome.kind === 'done') return { kind: 'pushed' }
  return { kind: 'failed', message: outcome.kind === 'problem' ? outcome.problem.detail : outcome.message }
}
