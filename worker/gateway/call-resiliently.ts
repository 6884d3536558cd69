import type { Ports, UpstreamOutcome, UpstreamRequest } from '../ports.ts'
import { admitCall, CLOSED, noteCall, type CircuitBreakerRule } from '../semantics/integrations/resilience/circuit-breaker.ts'
import { addCall, FULL_BUDGET, isIdempotent, takeRetry, toPauseMs } from '../semantics/integrations/resilience/retries.ts'
import type { Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** Calls a backend under its own rules of retries and circuit breaker; the time-out covers all attempts. Gives the last outcome, and how many calls it took. */
export async function callResiliently(matched: Matched, request: UpstreamRequest, ports: Ports): Promise<{ readonly outcome: UpstreamOutcome; readonly attempts: number }> {
  const { retry, circuitBreaker } = matched.method.document.integration
  const key = `${matched.deployment.document.apiId}/${matched.stage.document.stageName}/${matched.method.resourceId}/${matched.method.httpMethod}`
  const deadlineMs = ports.clock.nowMs() + request.timeoutMs
  const mayRepeat = retry !== undefined && isIdempotent(request.method)
  const sent = mayRepeat && request.body instanceof ReadableStream ? { ...request, body: await matched.body.bytes() } : request
  if (retry !== undefined) spend(key, (budget) => addCall(budget, retry), ports)
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await callOnce(key, { ...sent, timeoutMs: deadlineMs - ports.clock.nowMs() }, circuitBreaker, ports)
    if (!mayRepeat || attempts >= retry.attempts || !hasFailed(outcome, retry.statusCodes)) return { outcome, attempts }
    const pauseMs = toPauseMs(retry, attempts, ports.chance.random())
    if (ports.clock.nowMs() + pauseMs >= deadlineMs || !spend(key, takeRetry, ports)) return { outcome, attempts }
    ports.log.write({ level: 'warn', requestId: matched.requestId, message: 'the integration is tried again', attempt: attempts + 1, cause: describe(outcome) })
    if (outcome.kind === 'answered') await outcome.response.body?.cancel()
    await ports.resilience.pause(pauseMs)
  }
}

/** Changes the retry budget; false when there is nothing left to take. */
function spend(key: string, change: (budget: typeof FULL_BUDGET) => typeof FULL_BUDGET | null, ports: Ports): boolean {
  const state = ports.resilience.read(key)
  const budget = change(state?.budget ?? FULL_BUDGET)
  if (budget === null) return false
  ports.resilience.write(key, { circuit: state?.circuit ?? CLOSED, budget })
  return true
}

async function callOnce(key: string, request: UpstreamRequest, rule: CircuitBreakerRule | undefined, ports: Ports): Promise<UpstreamOutcome> {
  if (rule === undefined) return ports.upstream.call(request)
  const before = ports.resilience.read(key)
  const admission = admitCall(before?.circuit ?? CLOSED, rule, ports.clock.nowMs())
  if (!admission.isAdmitted) throw refuseOpen(rule)
  ports.resilience.write(key, { budget: before?.budget ?? FULL_BUDGET, circuit: admission.state })
  const outcome = await ports.upstream.call(request)
  // Other requests may have told of their ends meanwhile: the state is read anew.
  const state = ports.resilience.read(key)
  const circuit = state?.circuit ?? CLOSED
  const after = noteCall(circuit, rule, { failed: hasFailed(outcome, SERVER_FAULTS), nowMs: ports.clock.nowMs() })
  ports.resilience.write(key, { budget: state?.budget ?? FULL_BUDGET, circuit: after })
  if (after.kind !== circuit.kind) ports.log.write({ level: 'warn', message: `the circuit breaker of an integration is ${after.kind}`, integration: key, cause: describe(outcome) })
  return outcome
}

/** Answers by which a backend says that it is in trouble. */
const SERVER_FAULTS: readonly number[] = [500, 502, 503, 504]

function hasFailed(outcome: UpstreamOutcome, statusCodes: readonly number[]): boolean {
  return outcome.kind === 'answered' ? statusCodes.includes(outcome.response.status) : outcome.kind !== 'too-large'
}

/** Differs from Amazon: it has no circuit breaker. */
function refuseOpen(rule: CircuitBreakerRule): GatewayRefusal {
  return new GatewayRefusal('INTEGRATION_FAILURE', {
    statusCode: 503,
    message: 'Service Unavailable',
    headers: { 'retry-after': String(Math.ceil(rule.openInMillis / 1000)) },
    note: 'the circuit breaker of the integration is open: the backend was not called',
  })
}

function describe(outcome: UpstreamOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `the backend answered ${outcome.response.status}`
    case 'timed-out':
      return 'the backend did not answer in time'
    case 'unreachable':
    case 'untrusted':
    case 'too-large':
      return outcome.cause
    default:
      return outcome satisfies never
  }
}
