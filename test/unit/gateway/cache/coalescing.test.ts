import { describe, expect, it } from 'vitest'
import type { UpstreamOutcome } from '../../../../worker/ports.ts'
import { answerOf } from '../../../documents.ts'
import type { Backend } from '../../../gateway.ts'
import { arrived, cachedApiOf, counting, read } from './cached-api.ts'

/** A backend whose answers a test lets go. */
function held(): { readonly backend: Backend; readonly release: (answer: Response | UpstreamOutcome) => void } {
  const { promise, resolve } = Promise.withResolvers<Response | UpstreamOutcome>()
  return { backend: () => promise, release: resolve }
}

const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

describe('simultaneous requests for one cold key', () => {
  it('a thousand: one call to the backend, and all get its answer', async () => {
    const { backend, release } = held()
    const api = cachedApiOf({ backend })
    const asked = times(1_000).map(() => api.ask('/pets'))
    await arrived(api, 1_000)
    release(new Response('the answer'))
    const answers = await Promise.all(asked.map(async (response) => read(await response)))
    expect(api.sent.length).toBe(1)
    expect(new Set(answers.map(([body]) => body))).toEqual(new Set(['the answer']))
    expect(answers.filter(([, status]) => status === 'stagedoor; fwd=uri-miss; fwd-status=200; ttl=300; collapsed').length).toBe(999)
  })

  it('a failure of the backend is told to all of them, and asked for once', async () => {
    const { backend, release } = held()
    const api = cachedApiOf({ backend })
    const asked = times(100).map(() => api.ask('/pets'))
    await arrived(api, 100)
    release({ kind: 'timed-out' })
    expect(new Set(await Promise.all(asked.map(async (response) => (await response).status)))).toEqual(new Set([504]))
    expect(api.sent.length).toBe(1)
  })

  it('what is one client\'s own fault is theirs alone', async () => {
    const integration = { type: 'HTTP', httpMethod: 'GET', passthroughBehavior: 'NEVER', requestTemplates: { 'application/json': '{}' }, integrationResponses: [answerOf()] } as const
    const api = cachedApiOf({ integration: { ...integration, integrationResponses: [...integration.integrationResponses] } })
    const asked = ['text/plain', ...times(9).map(() => 'application/json')].map((type) => api.ask('/pets', { headers: { 'content-type': type } }))
    const statuses = await Promise.all(asked.map(async (response) => (await response).status))
    expect([statuses, api.sent.length]).toEqual([[415, ...times(9).map(() => 200)], 1])
  })

  it('so is an answer of 503, with its body', async () => {
    const { backend, release } = held()
    const api = cachedApiOf({ backend })
    const asked = times(100).map(() => api.ask('/pets'))
    await arrived(api, 100)
    release(new Response('in trouble', { status: 503 }))
    const answers = await Promise.all(asked.map(async (response) => [(await response).status, await (await response).text()]))
    expect(new Set(answers.map(String))).toEqual(new Set(['503,in trouble']))
    expect(api.sent.length).toBe(1)
    await api.settle()
    expect(api.store.entries.size).toBe(0)
  })

  it('what can not be stored is not waited for a second time', async () => {
    const { backend, release } = held()
    let calls = 0
    const api = cachedApiOf({ backend: (request) => ((calls += 1) === 1 ? backend(request) : new Response('own', { headers: { 'set-cookie': `n=${calls}` } })) })
    const asked = times(10).map(() => api.ask('/pets'))
    await arrived(api, 10)
    release(new Response('first', { headers: { 'set-cookie': 'n=1' } }))
    const cookies = await Promise.all(asked.map(async (response) => (await response).headers.get('set-cookie')))
    expect(new Set(cookies).size).toBe(10)
    // Until the mark runs out, nobody waits.
    await Promise.all(times(10).map(() => api.ask('/pets')))
    expect(api.sent.length).toBe(20)
  })

  it('a request waits no longer than the limit, then goes through alone', async () => {
    const { backend } = held()
    let calls = 0
    const limits = { waitMsMax: 1, fillMsMax: 1_000_000, uncacheableMs: 1, waitingMax: 100, slotsMax: 100 }
    const api = cachedApiOf({ backend: (request) => ((calls += 1) === 1 ? backend(request) : new Response('alone')), world: { limits } })
    const lost = api.ask('/pets')
    await arrived(api, 1)
    const second = await api.ask('/pets')
    expect([await second.text(), calls]).toEqual(['alone', 2])
    expect(lost).toBeInstanceOf(Promise)
  })

  it('a fill that is lost is taken over', async () => {
    const { backend } = held()
    let calls = 0
    const api = cachedApiOf({ backend: (request) => ((calls += 1) === 1 ? backend(request) : new Response('second')) })
    const lost = api.ask('/pets')
    await arrived(api, 1)
    api.advance(10)
    expect(await (await api.ask('/pets')).text()).toBe('second')
    expect(lost).toBeInstanceOf(Promise)
  })

  it('do not wait where the stage does not want that', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const api = cachedApiOf({ stage: { coalescing: 'off' }, backend: () => gate.then(() => new Response('own')) })
    const asked = times(10).map(() => api.ask('/pets'))
    await arrived(api, 10)
    expect(api.sent.length).toBe(10)
    open()
    expect(new Set(await Promise.all(asked.map(async (response) => (await response).text())))).toEqual(new Set(['own']))
  })

  it('for other keys do not wait for each other', async () => {
    const api = cachedApiOf({ integration: { cacheKeyParameters: ['method.request.querystring.a'] }, backend: counting() })
    await Promise.all(times(10).map((index) => api.ask(`/pets?a=${index}`)))
    expect(api.sent.length).toBe(10)
  })
})
