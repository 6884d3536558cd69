import type { StageWrittenView } from '../../kv-schemas/control-api/answers.ts'
import type { Attribution } from '../../kv-schemas/control-api/requests.ts'
import type { ApiId, StageName } from '../../kv-schemas/ids.ts'
import type { Env } from '../adapters/env.ts'
import type { StageCommand } from '../objects/ledger/commands.ts'
import type { Actor } from './actor.ts'
import { apiLedger, byOf, expectValue, readIfMatch } from './ledgers.ts'
import { toWrittenView } from './views.ts'

/** A write to a stage, as a route received it. */
export interface StageCall {
  readonly env: Env
  readonly actor: Actor
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly attribution: Attribution
  /** The header as it was sent. */
  readonly ifMatch: string | undefined
}

/** Carries a command to the Ledger of the API; throws a problem when the Ledger refuses. */
export async function writeStage({ env, actor, apiId, stageName, attribution, ifMatch }: StageCall, command: StageCommand): Promise<StageWrittenView> {
  const ledger = apiLedger(env, apiId)
  const written = expectValue(await ledger.changeStage({ apiId, stageName, by: byOf(actor, attribution), ifRevision: readIfMatch(ifMatch) }, command))
  return toWrittenView(written, (await ledger.overview()).draft)
}
