import type { Book } from './book.ts'
import type { Reply } from './change-stage.ts'
import { closeJournal, openJournal, planPushedDocuments, readJournal, type PartRefusal, type Push, type Pushed } from './push-account.ts'
import type { ApiPush, PushedApi } from './push-api.ts'

/** The Ledgers of the APIs, as a push needs them. */
export interface ApiLedgers {
  plan(push: ApiPush): Promise<Reply<PushedApi>>
  apply(push: ApiPush): Promise<Reply<PushedApi>>
}

/** Carries pushes to the Ledgers of the APIs, one push at a time. */
export interface Pusher {
  plan(push: Push): Promise<Reply<Pushed>>
  push(push: Push): Promise<Reply<Pushed>>
  /** Takes up the push that stands in the journal. */
  resume(): Promise<void>
}

/**
 * Makes the pusher of the account's Ledger. A push is checked with every API first; then it goes into the journal, and from there it is carried out to the end,
 * through failures and ends of the process: all of it, or, when something refuses, nothing.
 */
export function createPusher(book: Book, ledgers: ApiLedgers): Pusher {
  let isBusy = false
  const once = async <Result>(work: () => Promise<Result>, otherwise: Result): Promise<Result> => {
    if (isBusy) return otherwise
    isBusy = true
    try {
      return await work()
    } finally {
      isBusy = false
    }
  }
  return {
    plan: (push) => plan(book, ledgers, push),
    push: (push) => once(() => checkAndCarryOut(book, ledgers, push), UNDER_WAY),
    async resume() {
      const push = readJournal(book)
      if (push !== null) await once(() => carryOut(book, ledgers, push), UNDER_WAY)
    },
  }
}

const UNDER_WAY: Reply<never> = {
  ok: false,
  refusal: { kind: 'conflict', detail: 'Another push is under way.', hint: 'push again when it has ended; "stagedoor audit" shows it' },
}

async function plan(book: Book, ledgers: ApiLedgers, push: Push): Promise<Reply<Pushed>> {
  const { writes, changes } = planPushedDocuments(book, push)
  const touched = [...writes.put.map(({ key }) => key), ...writes.remove]
  if (touched.length > 0 && !push.mayChangeAccount) {
    return { ok: false, refusal: { kind: 'role-too-low', detail: `The push changes ${touched.join(', ')}: what belongs to the account needs a token of the role admin.` } }
  }
  const apis: PushedApi[] = []
  for (const part of push.apis) {
    const reply = await ledgers.plan(part)
    if (!reply.ok) return reply
    apis.push(reply.value)
  }
  return { ok: true, value: { apis, documentChanges: changes, isComplete: true } }
}

async function checkAndCarryOut(book: Book, ledgers: ApiLedgers, push: Push): Promise<Reply<Pushed>> {
  const before = readJournal(book)
  if (before !== null && !(await carryOut(book, ledgers, before)).ok) return UNDER_WAY
  const planned = await plan(book, ledgers, push)
  if (!planned.ok) return planned
  book.atomically(() => openJournal(book, push))
  const done = await carryOut(book, ledgers, push)
  return done.ok ? { ok: true, value: { ...planned.value, apis: done.value } } : { ok: true, value: { ...planned.value, isComplete: false } }
}

/** Brings the parts of a journaled push to their Ledgers. Not ok when one could not be reached; the journal then waits for the alarm. */
async function carryOut(book: Book, ledgers: ApiLedgers, push: Push): Promise<Reply<readonly PushedApi[]>> {
  const apis: PushedApi[] = []
  const refusals: PartRefusal[] = []
  for (const part of push.apis) {
    const reply = await applyAnyway(ledgers, part)
    if (reply === null) return UNDER_WAY
    if (reply.ok) apis.push(reply.value)
    else refusals.push({ apiId: part.apiId, detail: reply.refusal.detail })
  }
  book.atomically(() => closeJournal(book, push, refusals))
  return { ok: true, value: apis }
}

/** Null when the Ledger could not be reached: it may or may not have taken its part, and the next try finds out. */
async function applyAnyway(ledgers: ApiLedgers, part: ApiPush): Promise<Reply<PushedApi> | null> {
  try {
    return await ledgers.apply(part)
  } catch {
    return null
  }
}
