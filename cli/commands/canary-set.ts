import type { Call, Command } from '../command.ts'
import { CANARY_OPTIONS, readCanaryWish } from '../control/canary-options.ts'
import { fail } from '../control/with-gateway.ts'
import { runStageWrite, STAGE_WRITE_OPTIONS, stagePath } from '../control/write-stage.ts'

/** `stagedoor canary set API STAGE` */
export const canarySet: Command = {
  name: 'canary set',
  summary: 'Changes the canary of a stage: its share, its ramp, its variables.',
  usage: 'canary set API STAGE [--percent N | --ramp STEPS] [--variable NAME=VALUE ...] [--wait]',
  details: 'A percentage ends a ramp that runs. Callers keep their side where the canary is sticky.',
  operands: { min: 2, max: 2 },
  options: [...CANARY_OPTIONS, ...STAGE_WRITE_OPTIONS],
  run: runCanarySet,
}

async function runCanarySet(call: Call): Promise<number> {
  const wish = readCanaryWish(call)
  if (typeof wish === 'string') return fail(wish, call)
  const { stickiness: _stickiness, ...changes } = wish
  if (Object.values(changes).every((value) => value === undefined)) return fail('say what to change: --percent, --ramp, --variable or --use-stage-cache', call)
  const write = { method: 'PATCH', path: `${stagePath(call.operands)}/canary`, body: changes } as const
  return runStageWrite(call, write, ({ stage }) => `${stage.apiId}/${stage.stageName}: ${stage.canarySettings?.percentTraffic ?? 0} % go to the canary`)
}
