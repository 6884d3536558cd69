import type { ApiId } from '../../kv-schemas/ids.ts'
import type { Attribution } from '../../kv-schemas/control-api/requests.ts'
import { accountLedgerName, apiLedgerName } from '../../kv-schemas/keys.ts'
import type { Env } from '../adapters/env.ts'
import type { Ledger } from '../objects/ledger.ts'
import type { By } from '../objects/ledger/audit.ts'
import type { Reply } from '../objects/ledger/change-stage.ts'
import type { ControlRefusal } from '../semantics/stages/control-refusal.ts'
import type { Actor } from './actor.ts'
import { ControlProblem } from './problem.ts'

/** The Ledger of an API. */
export const apiLedger = (env: Env, apiId: ApiId): DurableObjectStub<Ledger> => env.LEDGER.getByName(apiLedgerName(apiId))

/** The Ledger of the account. */
export const accountLedger = (env: Env): DurableObjectStub<Ledger> => env.LEDGER.getByName(accountLedgerName())

/** Who writes, on whose behalf, and why. */
export function byOf(actor: Actor, { author, message, commit }: Attribution): By {
  return { actor: actor.name, author: author ?? actor.name, message: message ?? '', sourceCommit: commit ?? null }
}

/** The value of a Ledger's reply; a refusal becomes a problem. */
export function expectValue<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value
  throw toProblem(reply.refusal)
}

/** The revision that an `If-Match` header asks for; null when any will do. */
export function readIfMatch(header: string | undefined): number | null {
  const digits = /^"(\d+)"$/u.exec(header ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}

function toProblem({ kind, detail, hint, currentRevision }: ControlRefusal): ControlProblem {
  return new ControlProblem(kind, {
    detail,
    ...(hint === undefined ? {} : { hint }),
    ...(currentRevision === undefined ? {} : { more: { currentRevision } }),
  })
}
