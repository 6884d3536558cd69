import { describe, expect, test } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { UpstreamOutcome } from '../../../worker/ports.ts'
import { integrationOf, methodOf } from '../../documents.ts'
import { gatewayOf, NOW_MS } from '../../gateway.ts'

const RETRY = { attempts: 3, statusCodes: [503], budgetPercent: 20, backoffInMillis: 50 }
const BREAKER = { failurePercent: 50, minimumCalls: 4, windowInMillis: 10_000, openInMillis: 2_000, probes: 1 }
const DOWN: UpstreamOutcome = { kind: 'unreachable', cause: 'refused' }

function gatewayWith(parts: Partial<IntegrationDocument>, answer: (attempt: number) => Response | UpstreamOutcome, clock = { nowMs: () => NOW_MS }) {
  let attempts = 0
  return gatewayOf({ '/a': { ANY: methodOf(integrationOf(parts)) } }, { backend: () => answer((attempts += 1)), ports: { clock } })
}

describe('retries, where a rule asks for them', () => {
  const rows = [
    { name: 'none without a rule', rule: {}, method: 'GET', answers: [DOWN, 200], status: 500, calls: 1 },
    { name: 'a backend that is back', rule: { retry: RETRY }, method: 'GET', answers: [DOWN, 200], status: 200, calls: 2 },
    { name: 'an answer that the rule names', rule: { retry: RETRY }, method: 'GET', answers: [503, 503, 200], status: 200, calls: 3 },
    { name: 'the last answer stands', rule: { retry: RETRY }, method: 'DELETE', answers: [503, 503, 503, 200], status: 503, calls: 3 },
    { name: 'not an answer that the rule does not name', rule: { retry: RETRY }, method: 'GET', answers: [500, 200], status: 500, calls: 1 },
    { name: 'not a method that changes something each time', rule: { retry: RETRY }, method: 'POST', answers: [DOWN, 200], status: 500, calls: 1 },
  ] as const
  test.each(rows)('$name', async ({ rule, method, answers, status, calls }) => {
    const gateway = gatewayWith(rule, (attempt) => {
      const answer = answers[attempt - 1] ?? 200
      return typeof answer === 'number' ? new Response('x', { status: answer }) : answer
    })
    const response = await gateway.ask('/a', { method })
    expect([response.status, gateway.sent.length]).toEqual([status, calls])
  })

  test('send the same body again', async () => {
    const gateway = gatewayWith({ retry: RETRY }, (attempt) => (attempt === 1 ? DOWN : new Response('x')))
    await gateway.ask('/a', { method: 'PUT', body: 'the body' })
    expect(gateway.sent.map(({ body }) => (body instanceof Uint8Array ? new TextDecoder().decode(body) : null))).toEqual(['the body', 'the body'])
  })

  test('are told in the log', async () => {
    const gateway = gatewayWith({ retry: RETRY }, (attempt) => (attempt === 1 ? DOWN : new Response('x')))
    await gateway.ask('/a')
    expect(gateway.lines).toMatchObject([{ message: 'the integration is tried again', attempt: 2, cause: 'refused' }, { status: 200, integrationAttempts: 2 }])
  })

  test('end when the budget is spent: a backend that is down gets no multiple of its load', async () => {
    const gateway = gatewayWith({ retry: RETRY }, () => DOWN)
    for (let request = 0; request < 100; request += 1) await gateway.ask('/a')
    expect(gateway.sent.length).toBeGreaterThanOrEqual(110)
    expect(gateway.sent.length).toBeLessThanOrEqual(100 + 10 + 20)
  })

  test('all fit into one time-out', async () => {
    let nowMs = NOW_MS
    const gateway = gatewayWith({ retry: RETRY, timeoutInMillis: 1_000 }, () => {
      nowMs += 600
      return DOWN
    }, { nowMs: () => nowMs })
    expect((await gateway.ask('/a')).status).toBe(500)
    expect(gateway.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 400])
  })
})

describe('a circuit breaker, where a rule asks for it', () => {
  test('opens, answers by itself, and closes when the backend is back', async () => {
    let nowMs = NOW_MS
    let isDown = true
    const gateway = gatewayWith({ circuitBreaker: BREAKER }, () => (isDown ? DOWN : new Response('back')), { nowMs: () => nowMs })
    for (let request = 0; request < 4; request += 1) expect((await gateway.ask('/a')).status).toBe(500)
    const refused = await gateway.ask('/a')
    expect([refused.status, await refused.text(), refused.headers.get('retry-after')]).toEqual([503, '{"message": "Service Unavailable"}', '2'])
    expect(gateway.sent).toHaveLength(4)
    expect(gateway.lines.map(({ message }) => message).filter((message) => message !== undefined)).toEqual(['the circuit breaker of an integration is open'])
    expect(gateway.lines.at(-1)).toMatchObject({ status: 503, cause: expect.stringContaining('circuit breaker') })
    nowMs += 2_000
    isDown = false
    expect((await gateway.ask('/a')).status).toBe(200)
    expect((await gateway.ask('/a')).status).toBe(200)
    expect(gateway.sent).toHaveLength(6)
  })

  test('counts answers that tell of trouble, not those that blame the client', async () => {
    const gateway = gatewayWith({ circuitBreaker: BREAKER }, (attempt) => new Response('', { status: attempt <= 8 ? 404 : 502 }))
    for (let request = 0; request < 20; request += 1) await gateway.ask('/a')
    expect(gateway.sent).toHaveLength(16)
  })
})
