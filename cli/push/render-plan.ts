import type { PushAnswer, PushedStageView } from '../../kv-schemas/control-api/answers.ts'
import type { Terminal } from '../command.ts'
import { renderChanges } from '../control/render-changes.ts'

/** Writes how a rule folder differs from what runs: for each stage its settings and routes, then what belongs to the account. Empty when nothing differs. */
export function renderDifference({ apis, documentChanges }: Pick<PushAnswer, 'apis' | 'documentChanges'>, terminal: Terminal): readonly string[] {
  const stages = apis.flatMap((api) => groupAlike(api.stages).flatMap((group) => renderGroup(api.apiId, group, terminal)))
  return [...stages, ...(documentChanges.length === 0 ? [] : [terminal.paint('bold', 'account'), ...renderChanges(documentChanges, terminal)])]
}

/** Stages that differ in the same way are told together: most often all of them. */
function groupAlike(stages: readonly PushedStageView[]): readonly (readonly PushedStageView[])[] {
  const groups = new Map<string, PushedStageView[]>()
  for (const stage of stages) {
    if (stage.changes.length === 0) continue
    const alike = JSON.stringify([stage.deploymentId === null, stage.changes.map((change) => (change.subject === `stage ${stage.stageName}` ? { ...change, subject: 'stage' } : change))])
    groups.set(alike, [...(groups.get(alike) ?? []), stage])
  }
  return [...groups.values()]
}

function renderGroup(apiId: string, group: readonly PushedStageView[], terminal: Terminal): readonly string[] {
  const [first] = group
  if (first === undefined) return []
  const names = group.map(({ stageName }) => stageName).join(', ')
  const note = first.deploymentId === null ? ' (not deployed yet)' : ''
  return [`${terminal.paint('bold', `${apiId}/${names}`)}${note}`, ...renderChanges(first.changes, terminal)]
}

/** Writes what a push did: for each API whether its stages run what was pushed. */
export function renderPushed({ apis, documentChanges, isComplete }: PushAnswer, terminal: Terminal): readonly string[] {
  const lines = apis.flatMap(({ apiId, deploymentId, isDraftChanged, stages }) => [
    `${terminal.paint('bold', apiId)}  draft ${deploymentId}${isDraftChanged ? '' : ' (unchanged)'}`,
    ...stages.map((stage) => `  ${stage.stageName.padEnd(12)} ${renderStage(stage, terminal)}`),
  ])
  const account = documentChanges.length === 0 ? [] : [terminal.paint('bold', 'account'), ...renderChanges(documentChanges, terminal)]
  return [...lines, ...account, ...(isComplete ? [] : ['A part could not be delivered yet: the gateway goes on trying; "stagedoor status" shows when it is done.'])]
}

function renderStage({ deploymentId, revision, runsDraft, isDeployed, isChanged, isInFolder, note }: PushedStageView, terminal: Terminal): string {
  const words = [
    deploymentId === null ? terminal.paint('yellow', 'not deployed') : runsDraft ? terminal.paint('green', 'runs the draft') : terminal.paint('yellow', `runs ${deploymentId}, not the draft`),
    `revision ${revision}`,
    ...(isDeployed ? ['deployed'] : isChanged ? ['settings applied'] : []),
    ...(isInFolder ? [] : ['has no file in this folder: left alone']),
    ...(note === null ? [] : [note]),
  ]
  return words.join('; ')
}
