import type { Call, Command } from '../command.ts'
import { runStageWrite, STAGE_WRITE_OPTIONS, stagePath } from '../control/write-stage.ts'

/** `stagedoor flush API STAGE` */
export const flush: Command = {
  name: 'flush',
  summary: 'Flushes the response cache of a stage: nothing that was stored is served any more.',
  usage: 'flush API STAGE [--wait]',
  details: 'The gateway that takes the command serves nothing old from then on; the others follow when they next look at the rules (RULES_MAX_AGE_SECONDS, and what KV takes).',
  operands: { min: 2, max: 2 },
  options: STAGE_WRITE_OPTIONS,
  run: runFlush,
}

/** `stagedoor cache flush API STAGE` */
export const cacheFlush: Command = { ...flush, name: 'cache flush', usage: 'cache flush API STAGE [--wait]' }

function runFlush(call: Call): Promise<number> {
  return runStageWrite(call, { method: 'POST', path: `${stagePath(call.operands)}/cache/flush` }, ({ stage }) => `${stage.apiId}/${stage.stageName} is flushed: cache epoch ${stage.cacheEpoch}`)
}
