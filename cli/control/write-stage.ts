import { stageWrittenSchema, type StageWrittenView } from '../../kv-schemas/control-api/answers.ts'
import type { Call, OptionSpec } from '../command.ts'
import { ATTRIBUTION_OPTIONS, readAttribution } from './attribution.ts'
import { CONNECTION_OPTIONS } from './connection.ts'
import type { ControlCall, ControlClient } from './control-client.ts'
import { WAIT_OPTIONS, waitIfAsked } from './wait.ts'
import { fail, failWith, printJson, withGateway } from './with-gateway.ts'

/** The options of every command that changes a stage. */
export const STAGE_WRITE_OPTIONS: readonly OptionSpec[] = [
  { name: 'if-revision', value: 'N', summary: 'only if the stage is still at this revision' },
  ...WAIT_OPTIONS,
  ...ATTRIBUTION_OPTIONS,
  ...CONNECTION_OPTIONS,
]

/** A write to a stage, without what every such write has. */
export type StageWrite = Pick<ControlCall<StageWrittenView>, 'method' | 'path' | 'body'>

/** Writes to a stage, tells what became of it, and waits until it is seen if the caller asked for that; the exit code of the command. */
export async function runStageWrite(call: Call, write: StageWrite, describe: (written: StageWrittenView) => string): Promise<number> {
  const ifRevision = call.text('if-revision')
  if (ifRevision !== null && !/^\d+$/u.test(ifRevision)) return fail(`--if-revision takes the number of a revision, not ${ifRevision}`, call)
  return withGateway(call, async (client) => {
    const query = await readAttribution(call)
    const outcome = await client.call({ ...write, query, ifMatch: ifRevision === null ? null : Number(ifRevision), answer: stageWrittenSchema })
    if (outcome.kind !== 'done') return failWith(outcome, call)
    return report(outcome.value, describe, client, call)
  })
}

async function report(written: StageWrittenView, describe: (written: StageWrittenView) => string, client: ControlClient, call: Call): Promise<number> {
  const { stage, isChanged, isPublished, note } = written
  if (call.json) printJson(written, call)
  else {
    call.terminal.out(isChanged ? `${describe(written)} (revision ${stage.revision})` : `Nothing to do: ${stage.apiId}/${stage.stageName} stays at revision ${stage.revision}`)
    if (note !== null) call.terminal.out(note)
    if (!isPublished) call.terminal.out('KV gets it in a moment: it takes one write a second for a stage.')
  }
  return waitIfAsked(client, [stage], call)
}

/** The path of a stage from the words that a command was called with. */
export function stagePath([apiId = '', stageName = '']: readonly string[]): string {
  return `/apis/${encodeURIComponent(apiId)}/stages/${encodeURIComponent(stageName)}`
}
