import type { AccountDocument } from '../../kv-schemas/documents/account.ts'
import type { Awaitable } from '../awaitable.ts'
import { workflowOf } from '../objects/workflow-binding.ts'
import type { Execution } from '../objects/execution.ts'
import type { ServiceCall, ServiceOutcome } from '../ports.ts'
import { statesError, statesResult, toSeconds, type StatesAnswer } from '../semantics/integrations/state-machines/answer.ts'
import { toExpressArn, toMachineArn } from '../semantics/integrations/state-machines/arn.ts'
import { answerSync, toExecutionStatus, type ExecutionRecord } from '../semantics/integrations/state-machines/execution.ts'
import { machineOfCall, parseStatesCall, type StatesCall } from '../semantics/integrations/state-machines/parse-call.ts'

type Machine = AccountDocument['stateMachines'][string]
type Start = Extract<StatesCall, { readonly machine: unknown }>

/** What the adapter needs of the world. */
export interface StateMachinesOptions {
  readonly env: object
  readonly executions: DurableObjectNamespace<Execution>
  readonly account: () => Awaitable<AccountDocument>
  /** Whether calls can go to Amazon, or to what stands in for it. */
  readonly reachesAmazon: boolean
}

/**
 * Answers a call of Step Functions that is about a machine which `account.json` maps to a Workflow; null when it is Amazon's to answer. An account that has such machines
 * and no way to Amazon says that any other does not exist.
 */
export async function answerStatesCall(call: ServiceCall, options: StateMachinesOptions): Promise<ServiceOutcome | null> {
  const { stateMachines } = await options.account()
  if (Object.keys(stateMachines).length === 0) return null
  const body = typeof call.request.body === 'string' ? call.request.body : new TextDecoder().decode(call.request.body ?? new Uint8Array(0))
  const named = machineOfCall(body)
  const machine = named !== null && Object.hasOwn(stateMachines, named) ? (stateMachines[named] ?? null) : null
  if (machine === null && options.reachesAmazon) return null
  const action = (call.request.headers.get('x-amz-target') ?? '').replace(/^AWSStepFunctions\./u, '')
  const reading = parseStatesCall(action, body)
  if (!reading.ok) return toOutcome(reading.answer)
  try {
    const answer = await perform(reading.call, machine, call.timeoutMs, options)
    return answer === null ? { kind: 'timed-out' } : toOutcome(answer)
  } catch (error) {
    return { kind: 'unreachable', cause: `the state machine's Workflow failed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

async function perform(call: StatesCall, machine: Machine | null, timeoutMs: number, options: StateMachinesOptions): Promise<StatesAnswer | null> {
  switch (call.action) {
    case 'StartExecution':
    case 'StartSyncExecution':
      return machine === null ? noMachine(call) : start({ ...call, name: call.name ?? crypto.randomUUID() }, machine, timeoutMs, options)
    case 'DescribeExecution':
      return (machine === null ? null : await executionOf(call, options).describe()) ?? noExecution(call)
    case 'StopExecution':
      return (machine === null ? null : await executionOf(call, options).stop(call.error, call.cause)) ?? noExecution(call)
    default:
      return call satisfies never
  }
}

async function start(call: Start & { readonly name: string }, machine: Machine, timeoutMs: number, options: StateMachinesOptions): Promise<StatesAnswer | null> {
  const isSync = call.action === 'StartSyncExecution'
  if (machine.type === 'EXPRESS') return startExpress(call, machine, { timeoutMs, isSync }, options)
  if (isSync) return statesError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine')
  const { action: _action, ...asked } = call
  return options.executions.getByName(`${call.machine.machine}:${call.name}`).start({ ...asked, workflow: machine.workflow })
}

/** How often a Workflow that somebody waits for is looked at: at once, then ever more rarely. */
const LOOKS = { firstMs: 10, longestMs: 500 } as const

/** Starts an express execution: it has no name of its own, is not remembered, and may be waited for. Null when the wait is over before it is. */
async function startExpress(
  call: Start & { readonly name: string },
  machine: Machine,
  { timeoutMs, isSync }: { readonly timeoutMs: number; readonly isSync: boolean },
  { env }: StateMachinesOptions,
): Promise<StatesAnswer | null> {
  const workflow = workflowOf(env, machine.workflow)
  if (workflow === null) return noMachine(call)
  const id = crypto.randomUUID()
  const startedAtMs = Date.now()
  await workflow.create({ id, params: JSON.parse(call.input) as unknown })
  const executionArn = toExpressArn(call.machine, call.name, id)
  if (!isSync) return statesResult({ executionArn, startDate: toSeconds(startedAtMs) })
  const instance = await workflow.get(id)
  for (let pauseMs: number = LOOKS.firstMs; ; pauseMs = Math.min(pauseMs * 2, LOOKS.longestMs)) {
    const status = await instance.status()
    const nowMs = Date.now()
    if (toExecutionStatus(status) !== 'RUNNING') {
      const record: ExecutionRecord = { machine: call.machine, name: call.name, input: call.input, traceHeader: call.traceHeader, startedAtMs, endedAtMs: nowMs, stopError: null, stopCause: null }
      return answerSync(record, executionArn, status)
    }
    if (nowMs + pauseMs - startedAtMs > timeoutMs) return null
    await scheduler.wait(pauseMs)
  }
}

function executionOf({ execution }: { readonly execution: { readonly machine: string; readonly name: string } }, { executions }: StateMachinesOptions): DurableObjectStub<Execution> {
  return executions.getByName(`${execution.machine}:${execution.name}`)
}

function noMachine({ machine }: Start): StatesAnswer {
  return statesError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${toMachineArn(machine)}'`)
}

function noExecution({ executionArn }: { readonly executionArn: string }): StatesAnswer {
  return statesError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`)
}

function toOutcome({ statusCode, body }: StatesAnswer): ServiceOutcome {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': crypto.randomUUID() }
  return { kind: 'answered', response: new Response(null, { status: statusCode, headers }), body: Uint8Array.from(new TextEncoder().encode(body)) }
}
