import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../adapters/env.ts'
import { statesError, statesResult, toSeconds, type StatesAnswer } from '../semantics/integrations/state-machines/answer.ts'
import type { MachineName } from '../semantics/integrations/state-machines/arn.ts'
import { answerDescribe, answerSecondStart, answerStart, toExecutionStatus, type ExecutionRecord, type WorkflowStatus } from '../semantics/integrations/state-machines/execution.ts'
import { workflowOf } from './workflow-binding.ts'
import { toInstanceId } from '../semantics/integrations/state-machines/instance-id.ts'

/** How long an ended execution is remembered, and how soon and how rarely one that runs is looked at so that its end is not missed. */
const LIMITS = { rememberMs: 90 * 86_400_000, firstLookMs: 60_000, looksApartMsMax: 21_600_000 } as const

/** A start, as the caller checked it. */
export interface ExecutionStart {
  readonly machine: MachineName
  readonly name: string
  readonly input: string
  readonly traceHeader: string | null
  /** The Worker's binding of the Workflow. */
  readonly workflow: string
}

interface Kept {
  readonly record: ExecutionRecord
  readonly workflow: string
  readonly instanceId: string
  /** The last status; kept because a Workflow forgets its instances. */
  readonly ended: WorkflowStatus | null
}

/**
 * One execution of an embedded state machine: it holds what Step Functions tells of an execution and a Workflow does not (input, dates, reason of a stop), and
 * makes a second start under its name idempotent. Named `<machine>:<execution>`. It forgets itself 90 days after the end, and the name is free again.
 */
export class Execution extends DurableObject<Env> {
  /** Starts the Workflow, or answers a second start. */
  async start({ workflow, ...start }: ExecutionStart): Promise<StatesAnswer> {
    const kept = await this.#look()
    if (kept !== null) return answerSecondStart(kept.record, start.input, kept.ended === null ? 'RUNNING' : toExecutionStatus(kept.ended))
    const record: ExecutionRecord = { ...start, startedAtMs: Date.now(), endedAtMs: null, stopError: null, stopCause: null }
    const instanceId = await this.#create(workflow, start)
    if (instanceId === null) return statesError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${start.machine.machine}' has no Workflow ${workflow}`)
    this.ctx.storage.kv.put<Kept>('execution', { record, workflow, instanceId, ended: null })
    await this.ctx.storage.setAlarm(record.startedAtMs + LIMITS.firstLookMs)
    return answerStart(record)
  }

  /** Tells of the execution; null when there is none. */
  async describe(): Promise<StatesAnswer | null> {
    const kept = await this.#look()
    if (kept === null) return null
    return answerDescribe(kept.record, kept.ended ?? { status: 'running' })
  }

  /** Stops the execution; null when there is none. Stopping one that has ended changes nothing and tells when it ended. */
  async stop(error: string | null, cause: string | null): Promise<StatesAnswer | null> {
    const kept = await this.#look()
    if (kept === null) return null
    if (kept.ended !== null) return statesResult({ stopDate: toSeconds(kept.record.endedAtMs ?? kept.record.startedAtMs) })
    const instance = await workflowOf(this.env, kept.workflow)?.get(kept.instanceId)
    // It may have ended since the look: then its own end stands.
    const failure: unknown = await instance?.terminate().then(() => null, (error: unknown) => error)
    if (failure !== null) {
      const later = await this.#look()
      if (later === null || later.ended === null) throw failure
      return statesResult({ stopDate: toSeconds(later.record.endedAtMs ?? Date.now()) })
    }
    const endedAtMs = Date.now()
    this.#remember({ ...kept, record: { ...kept.record, endedAtMs, stopError: error, stopCause: cause }, ended: { status: 'terminated' } })
    return statesResult({ stopDate: toSeconds(endedAtMs) })
  }

  override async alarm(): Promise<void> {
    const kept = await this.#look()
    if (kept === null) return
    const nowMs = Date.now()
    if (kept.ended === null) {
      const ageMs = nowMs - kept.record.startedAtMs
      return this.ctx.storage.setAlarm(nowMs + Math.min(Math.max(ageMs, LIMITS.firstLookMs), LIMITS.looksApartMsMax))
    }
    const forgetAtMs = (kept.record.endedAtMs ?? nowMs) + LIMITS.rememberMs
    if (nowMs >= forgetAtMs) await this.ctx.storage.deleteAll()
    else await this.ctx.storage.setAlarm(forgetAtMs)
  }

  /** Makes the instance and gives its id; null when there is no such Workflow. Another machine on the same Workflow may have taken the name already. */
  async #create(binding: string, { name, input }: Omit<ExecutionStart, 'workflow'>): Promise<string | null> {
    const workflow = workflowOf(this.env, binding)
    if (workflow === null) return null
    const params: unknown = JSON.parse(input)
    const id = await toInstanceId(name)
    try {
      await workflow.create({ id, params })
      return id
    } catch {
      const other = crypto.randomUUID()
      await workflow.create({ id: other, params })
      return other
    }
  }

  /** What is kept, after a look at the Workflow when the end is not known yet. Differs from Amazon: the end is dated when it is first seen. */
  async #look(): Promise<Kept | null> {
    const kept = this.ctx.storage.kv.get<Kept>('execution') ?? null
    if (kept === null || kept.ended !== null) return kept
    const instance = await workflowOf(this.env, kept.workflow)?.get(kept.instanceId)
    const status: WorkflowStatus | undefined = await instance?.status()
    if (status === undefined || toExecutionStatus(status) === 'RUNNING') return kept
    return this.#remember({ ...kept, record: { ...kept.record, endedAtMs: Date.now() }, ended: { status: status.status, ...(status.error === undefined ? {} : { error: status.error }), output: status.output } })
  }

  #remember(kept: Kept): Kept {
    this.ctx.storage.kv.put<Kept>('execution', kept)
    return kept
  }
}
