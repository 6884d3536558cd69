import { statesError, statesResult, toSeconds, type StatesAnswer } from './answer.ts'
import { toExecutionArn, toMachineArn, type MachineName } from './arn.ts'

/** What a Workflow says of an instance. */
export interface WorkflowStatus {
  readonly status: string
  readonly error?: { readonly name: string; readonly message: string }
  readonly output?: unknown
}

/** What is kept of an execution beside its Workflow instance: what Step Functions tells and a Workflow does not. */
export interface ExecutionRecord {
  readonly machine: MachineName
  readonly name: string
  readonly input: string
  readonly startedAtMs: number
  readonly traceHeader: string | null
  /** When it was first seen to have ended; null while it runs. */
  readonly endedAtMs: number | null
  /** What StopExecution gave as the reason. */
  readonly stopError: string | null
  readonly stopCause: string | null
}

/** A status of Step Functions (aws-websocket-and-services C2). */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED'

const STATUSES: ReadonlyMap<string, ExecutionStatus> = new Map([['complete', 'SUCCEEDED'], ['errored', 'FAILED'], ['terminated', 'ABORTED']])

/** The status of an execution by that of its Workflow: queued, paused and waiting instances run. */
export function toExecutionStatus({ status }: WorkflowStatus): ExecutionStatus {
  return STATUSES.get(status) ?? 'RUNNING'
}

/**
 * What a second start under the name of an execution gets: the same answer while the first one runs with the same input, an error otherwise
 * (aws-websocket-and-services C2: standard state machines are idempotent).
 */
export function answerSecondStart(record: ExecutionRecord, input: string, status: ExecutionStatus): StatesAnswer {
  if (status === 'RUNNING' && record.input === input) return answerStart(record)
  return statesError('ExecutionAlreadyExists', `Execution Already Exists: '${toExecutionArn(record.machine, record.name)}'`)
}

/** The answer to StartExecution. */
export function answerStart(record: ExecutionRecord): StatesAnswer {
  return statesResult({ executionArn: toExecutionArn(record.machine, record.name), startDate: toSeconds(record.startedAtMs) })
}

/** The answer to DescribeExecution. */
export function answerDescribe(record: ExecutionRecord, workflow: WorkflowStatus): StatesAnswer {
  const status = toExecutionStatus(workflow)
  return statesResult({
    executionArn: toExecutionArn(record.machine, record.name),
    stateMachineArn: toMachineArn(record.machine),
    name: record.name,
    status,
    startDate: toSeconds(record.startedAtMs),
    ...(record.endedAtMs === null ? {} : { stopDate: toSeconds(record.endedAtMs) }),
    input: record.input,
    inputDetails: { included: true },
    ...toResult(status, workflow, record),
    ...(record.traceHeader === null ? {} : { traceHeader: record.traceHeader }),
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: status === 'RUNNING' ? 'Execution is RUNNING and cannot be redriven' : `Execution is ${status} and cannot be redriven`,
  })
}

/** The answer to StartSyncExecution of an express state machine; a failed execution is a 200 too (aws-websocket-and-services C2). */
export function answerSync(record: ExecutionRecord, executionArn: string, workflow: WorkflowStatus): StatesAnswer {
  const status = toExecutionStatus(workflow)
  const endedAtMs = record.endedAtMs ?? record.startedAtMs
  return statesResult({
    executionArn,
    stateMachineArn: toMachineArn(record.machine),
    name: record.name,
    startDate: toSeconds(record.startedAtMs),
    stopDate: toSeconds(endedAtMs),
    status: status === 'ABORTED' ? 'FAILED' : status,
    input: record.input,
    inputDetails: { included: true },
    ...toResult(status, workflow, record),
    ...(status === 'SUCCEEDED' ? {} : { outputDetails: { included: true } }),
    ...(record.traceHeader === null ? {} : { traceHeader: record.traceHeader }),
    billingDetails: { billedDurationInMilliseconds: Math.ceil((endedAtMs - record.startedAtMs) / 100) * 100, billedMemoryUsedInMB: 64 },
  })
}

/** Output, or error and cause, by how the execution ended. */
function toResult(status: ExecutionStatus, { output, error }: WorkflowStatus, { stopError, stopCause }: ExecutionRecord): Readonly<Record<string, unknown>> {
  switch (status) {
    case 'RUNNING':
      return {}
    case 'SUCCEEDED':
      return { output: JSON.stringify(output ?? null), outputDetails: { included: true } }
    case 'FAILED':
      return { error: error?.name ?? 'Error', cause: error?.message ?? '' }
    case 'ABORTED':
      return { ...(stopError === null ? {} : { error: stopError }), ...(stopCause === null ? {} : { cause: stopCause }) }
    default:
      return status satisfies never
  }
}
