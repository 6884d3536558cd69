import type { ApiId, DeploymentId, StageName } from '../../../kv-schemas/ids.ts'
import type { StageRule } from '../../../kv-schemas/rule-files/stage.ts'
import type { Change } from '../../semantics/compare/change.ts'
import { compareDeployments } from '../../semantics/compare/compare-deployments.ts'
import { compareStages } from '../../semantics/compare/compare-stages.ts'
import { applyStageRule } from '../../semantics/stages/apply-settings.ts'
import type { ControlRefusal } from '../../semantics/stages/control-refusal.ts'
import { deployToStage } from '../../semantics/stages/deploy.ts'
import type { StageOutcome } from '../../semantics/stages/stage-change.ts'
import type { StageRecord } from '../../semantics/stages/stage-record.ts'
import { audit, type By } from './audit.ts'
import { readSetting, writeSetting, type Book } from './book.ts'
import { inOneGo, type Reply } from './change-stage.ts'
import { isDeployment, LIMITS, parseDeployment, readDeployment, saveDeployment } from './deployments.ts'
import { isDraft, readDraft, saveDraft, type RuleFile } from './drafts.ts'
import { keepStage, listStages, readOrNewStage, readStage, saveStage } from './stages.ts'

/** The part of a push that is about one API: its files, and what they compiled to. */
export interface ApiPush {
  readonly pushId: string
  readonly apiId: ApiId
  readonly by: By
  readonly files: readonly RuleFile[]
  readonly deploymentId: DeploymentId
  /** The compiled deployment, as the JSON that KV gets. */
  readonly deployment: string
  readonly stages: readonly { readonly stageName: StageName; readonly rule: StageRule }[]
  /** The stages to deploy to. */
  readonly deployTo: readonly StageName[]
  /** The draft's revision that the caller saw; null when the caller does not mind. */
  readonly ifDraftRevision: number | null
}

/** A stage after a push. */
export interface PushedStage {
  readonly stageName: StageName
  readonly revision: number
  readonly deploymentId: DeploymentId | null
  readonly isChanged: boolean
  readonly isDeployed: boolean
  /** Whether the stage runs what was pushed. */
  readonly runsDraft: boolean
  readonly note: string | null
  /** How what was pushed differs from what the stage ran before. */
  readonly changes: readonly Change[]
  /** Whether the folder has a file of this stage; one that it has not is left alone. */
  readonly isInFolder: boolean
}

/** An API after a push. */
export interface PushedApi {
  readonly apiId: ApiId
  readonly deploymentId: DeploymentId
  readonly isDraftChanged: boolean
  readonly draftRevision: number
  readonly stages: readonly PushedStage[]
}

/** Applies a push: draft, settings, deploys, all or nothing. The same push again, after an interruption, gives the same answer and changes nothing. */
export function applyPush(book: Book, push: ApiPush): Reply<PushedApi> {
  const done = readDone(book, push.pushId)
  if (done !== null) return { ok: true, value: done }
  return inOneGo(book, (refuse) => {
    refuseStaleDraft(book, push, refuse)
    const isDraftChanged = !isDraft(book, push.deploymentId, push.files)
    if (isDraftChanged) saveDraft(book, { deploymentId: push.deploymentId, text: push.deployment }, push.files, push.by)
    const plans = planStages(book, push, refuse)
    if (push.deployTo.length > 0) saveDeployment(book, push.apiId, push.deploymentId, push.deployment, push.by)
    const before = new Map(listStages(book).map((record) => [record.stageName, record]))
    const draftRevision = readDraft(book)?.revision ?? 0
    const pushed = describePush(book, push, { isDraftChanged, draftRevision, plans })
    for (const { record, isChanged, isDeployed } of plans) {
      if (isChanged) saveStage(book, before.get(record.stageName) ?? null, record, push.by, isDeployed ? 'push-deploy' : 'push')
      else keepStage(book, record)
    }
    if (isDraftChanged) audit(book, push.by, { action: 'push', target: 'draft', detail: { draftRevision: pushed.draftRevision, deploymentId: push.deploymentId } })
    writeSetting(book, 'push', JSON.stringify({ pushId: push.pushId, pushed }))
    return pushed
  })
}

/** Says what a push would do, and refuses what it would refuse; changes nothing. */
export function planPush(book: Book, push: ApiPush): Reply<PushedApi> {
  return inOneGo(book, (refuse) => {
    refuseStaleDraft(book, push, refuse)
    const plans = planStages(book, push, refuse)
    const isDraftChanged = !isDraft(book, push.deploymentId, push.files)
    const draftRevision = (readDraft(book)?.revision ?? 0) + (isDraftChanged ? 1 : 0)
    return describePush(book, push, { isDraftChanged, draftRevision, plans })
  })
}

interface StagePlan {
  readonly record: StageRecord
  readonly isChanged: boolean
  readonly isDeployed: boolean
  readonly note: string | null
}

type Refuse = (refusal: ControlRefusal) => never

/** A draft may have been pushed by somebody else since the caller looked. */
function refuseStaleDraft(book: Book, push: ApiPush, refuse: Refuse): void {
  const revision = readDraft(book)?.revision ?? 0
  if (push.ifDraftRevision === null || push.ifDraftRevision === revision) return
  refuse({
    kind: 'stale-revision',
    detail: `The draft of ${push.apiId} is at revision ${revision}; the push was meant for revision ${push.ifDraftRevision}.`,
    hint: 'look at the difference again and repeat the push',
    currentRevision: revision,
  })
}

function planStages(book: Book, push: ApiPush, refuse: Refuse): readonly StagePlan[] {
  const isKnown = (id: DeploymentId): boolean => id === push.deploymentId || isDeployment(book, id)
  return push.stages.map(({ stageName, rule }) => {
    const before = readOrNewStage(book, push.apiId, stageName)
    const isDeployed = push.deployTo.includes(stageName)
    const settle = (record: StageRecord): StageOutcome => applyStageRule(record, rule, book.nowMs(), isKnown)
    const deploy = (record: StageRecord): StageOutcome => (isDeployed ? deployToStage(record, push.deploymentId) : { kind: 'unchanged', record })
    // A stage's first deployment comes before its settings: they may ask for a canary, which needs one.
    const steps = before.deploymentId === null ? [deploy, settle] : [settle, deploy]
    const plan: StagePlan = { record: before, isChanged: readStage(book, stageName) === null, isDeployed, note: null }
    return planStage(plan, steps, refuse)
  })
}

/** Runs the steps on a stage; together they make one revision. */
function planStage(start: StagePlan, steps: readonly ((record: StageRecord) => StageOutcome)[], refuse: Refuse): StagePlan {
  let { record, isChanged, note } = start
  for (const step of steps) {
    const outcome = step(record)
    if (outcome.kind === 'refused') return refuse({ ...outcome.refusal, detail: `${record.apiId}/${record.stageName}: ${outcome.refusal.detail}` })
    record = outcome.record
    isChanged ||= outcome.kind === 'changed'
    note = outcome.note ?? note
  }
  return { record: { ...record, revision: start.record.revision + (isChanged ? 1 : 0) }, isChanged, isDeployed: start.isDeployed, note }
}

interface PushPlan extends Pick<PushedApi, 'isDraftChanged' | 'draftRevision'> {
  readonly plans: readonly StagePlan[]
}

function describePush(book: Book, push: ApiPush, { isDraftChanged, draftRevision, plans }: PushPlan): PushedApi {
  const planned = new Set(plans.map(({ record }) => record.stageName))
  const others = listStages(book).filter((record) => !planned.has(record.stageName))
  const stages = [
    ...plans.map((plan) => describeStage(book, push, plan, true)),
    ...others.map((record) => describeStage(book, push, { record, isChanged: false, isDeployed: false, note: null }, false)),
  ]
  return { apiId: push.apiId, deploymentId: push.deploymentId, isDraftChanged, draftRevision, stages }
}

function describeStage(book: Book, push: ApiPush, { record, isChanged, isDeployed, note }: StagePlan, isInFolder: boolean): PushedStage {
  const before = readStage(book, record.stageName)
  const ran = before?.deploymentId ?? null
  const text = ran === null ? null : readDeployment(book, ran)
  const routes = ran === push.deploymentId ? [] : compareDeployments(text === null ? null : parseDeployment(text), parseDeployment(push.deployment))
  const settings = isInFolder ? compareStages(before, record).filter(({ member }) => member !== 'deploymentId') : []
  return {
    stageName: record.stageName,
    revision: record.revision,
    deploymentId: record.deploymentId,
    isChanged,
    isDeployed,
    runsDraft: record.deploymentId === push.deploymentId,
    note,
    changes: [...settings, ...routes].slice(0, LIMITS.changesMax),
    isInFolder,
  }
}

function readDone(book: Book, pushId: string): PushedApi | null {
  const value = readSetting(book, 'push')
  if (value === null) return null
  const done = JSON.parse(value) as { readonly pushId: string; readonly pushed: PushedApi }
  return done.pushId === pushId ? done.pushed : null
}
