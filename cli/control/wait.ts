import { setTimeout as delay } from 'node:timers/promises'
import type { Call, OptionSpec } from '../command.ts'
import type { ControlClient } from './control-client.ts'
import { fail } from './with-gateway.ts'

/** The options of every command that can wait until its change is seen. */
export const WAIT_OPTIONS: readonly OptionSpec[] = [
  { name: 'wait', value: null, summary: 'return when requests are answered by the change, and tell how long it took' },
  { name: 'timeout', value: 'SECONDS', summary: 'how long to wait; 120 unless given' },
]

/** A stage and the revision that shall answer. */
export interface Awaited {
  readonly apiId: string
  readonly stageName: string
  readonly revision: number
}

/** KV may lag a minute, and an isolate looks again only after a while: so many answers in a row have to be new. */
const LIMITS = { pollMs: 100, answersInARow: 3, timeoutSeconds: 120 } as const

/** Waits until requests to the stages are answered at these revisions, if the caller asked for it; the exit code of the command. */
export async function waitIfAsked(client: ControlClient, awaited: readonly Awaited[], call: Call): Promise<number> {
  if (!call.flag('wait')) return 0
  const timeoutSeconds = Number(call.text('timeout') ?? LIMITS.timeoutSeconds)
  if (!(timeoutSeconds > 0)) return fail(`--timeout takes a number of seconds, not ${call.text('timeout')}`, call)
  const startedAt = performance.now()
  for (const stage of awaited) {
    const deploymentId = await waitFor(client, stage, startedAt + timeoutSeconds * 1000)
    if (deploymentId === null) return fail(`${stage.apiId}/${stage.stageName} is not answered at revision ${stage.revision} after ${timeoutSeconds} s`, call)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    const line = `${stage.apiId}/${stage.stageName} answers with ${deploymentId}, revision ${stage.revision}, after ${seconds} s`
    if (call.json) call.terminal.err(line)
    else call.terminal.out(line)
  }
  return 0
}

/** Asks the data plane, not the Ledger: the headers tell what a request would meet. Null when it takes too long. */
async function waitFor(client: ControlClient, { apiId, stageName, revision }: Awaited, endsAt: number): Promise<string | null> {
  let answersInARow = 0
  while (performance.now() < endsAt) {
    const seen = await probe(client, `/${apiId}/${stageName}/`)
    answersInARow = seen !== null && seen.revision >= revision ? answersInARow + 1 : 0
    if (seen !== null && answersInARow >= LIMITS.answersInARow) return seen.deploymentId
    if (answersInARow === 0) await delay(LIMITS.pollMs)
  }
  return null
}

async function probe({ connection }: ControlClient, path: string): Promise<{ readonly deploymentId: string; readonly revision: number } | null> {
  try {
    const headers = { 'x-stagedoor-token': connection.token, 'x-stagedoor-reveal': 'probe' }
    const response = await fetch(new URL(path, connection.url), { headers, redirect: 'manual' })
    await response.arrayBuffer()
    const [deploymentId, revision] = [response.headers.get('x-stagedoor-deployment'), response.headers.get('x-stagedoor-revision')]
    return deploymentId === null || revision === null ? null : { deploymentId, revision: Number(revision) }
  } catch {
    // A gateway that is away for a moment is asked again until the time is over.
    return null
  }
}
