import type { Call, Command } from '../command.ts'
import { CANARY_OPTIONS, readCanaryWish, STICKINESS_OPTION } from '../control/canary-options.ts'
import { fail } from '../control/with-gateway.ts'
import { runStageWrite, STAGE_WRITE_OPTIONS } from '../control/write-stage.ts'

/** `stagedoor canary start API STAGE` */
export const canaryStart: Command = {
  name: 'canary start',
  summary: 'Sends a share of the traffic of a stage to what was pushed last, or to another deployment.',
  usage: 'canary start API STAGE (--percent N | --ramp STEPS) [--deployment ID] [--sticky BY] [--wait]',
  details: 'The draw is made at every request, as on Amazon; with --sticky a caller who is in stays in while the percentage grows.',
  operands: { min: 2, max: 2 },
  options: [...CANARY_OPTIONS, STICKINESS_OPTION, { name: 'deployment', value: 'ID', summary: 'an earlier deployment instead of the draft' }, ...STAGE_WRITE_OPTIONS],
  run: runCanaryStart,
}

async function runCanaryStart(call: Call): Promise<number> {
  const wish = readCanaryWish(call)
  if (typeof wish === 'string') return fail(wish, call)
  if (wish.percentTraffic === undefined && wish.ramp === undefined) return fail('say how much traffic: --percent N or --ramp STEPS', call)
  const [apiId = '', stageName = ''] = call.operands
  const body = { stageName, deploymentId: call.text('deployment') ?? undefined, canarySettings: wish }
  const write = { method: 'POST', path: `/apis/${encodeURIComponent(apiId)}/deployments`, body } as const
  return runStageWrite(call, write, ({ stage }) => `${apiId}/${stageName}: ${stage.canarySettings?.percentTraffic ?? 0} % go to ${stage.canarySettings?.deploymentId ?? '-'}`)
}
