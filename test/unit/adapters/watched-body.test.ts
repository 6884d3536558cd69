import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchBody } from '../../../worker/adapters/watched-body.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A body that a test feeds by hand. */
function bodyByHand(): { readonly body: ReadableStream<Uint8Array>; readonly controller: ReadableStreamDefaultController<Uint8Array>; readonly cancelled: unknown[] } {
  const cancelled: unknown[] = []
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given
    },
    cancel: (reason) => void cancelled.push(reason),
  })
  if (controller === null) throw new Error('a stream starts at once')
  return { body, controller, cancelled }
}

describe('a watched body', () => {
  test('flows as it comes and ends as it ends', async () => {
    const { body, controller } = bodyByHand()
    const broken: string[] = []
    const reader = watchBody(body, { idleMs: 100, totalMs: 1_000, onBroken: (cause) => broken.push(cause) }).getReader()
    controller.enqueue(Uint8Array.of(1))
    expect(await reader.read()).toEqual({ done: false, value: Uint8Array.of(1) })
    controller.close()
    expect((await reader.read()).done).toBe(true)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(broken).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('breaks off when it stands still', async () => {
    const { body, controller, cancelled } = bodyByHand()
    const broken: string[] = []
    const reader = watchBody(body, { idleMs: 100, onBroken: (cause) => broken.push(cause) }).getReader()
    controller.enqueue(Uint8Array.of(1))
    await reader.read()
    const second = reader.read()
    second.catch(() => undefined)
    await vi.advanceTimersByTimeAsync(101)
    await expect(second).rejects.toThrow('stood still for 100 ms')
    expect(broken).toEqual(['the body stood still for 100 ms'])
    expect(cancelled).toHaveLength(1)
  })

  test('does not break off while its reader takes its time', async () => {
    const { body, controller } = bodyByHand()
    const reader = watchBody(body, { idleMs: 100 }).getReader()
    controller.enqueue(Uint8Array.of(1))
    controller.enqueue(Uint8Array.of(2))
    await reader.read()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await reader.read()).toEqual({ done: false, value: Uint8Array.of(2) })
  })

  test('breaks off when it takes too long in all', async () => {
    const { body, controller } = bodyByHand()
    const broken: string[] = []
    const reader = watchBody(body, { totalMs: 250, onBroken: (cause) => broken.push(cause) }).getReader()
    controller.enqueue(Uint8Array.of(1))
    await reader.read()
    const second = reader.read()
    second.catch(() => undefined)
    await vi.advanceTimersByTimeAsync(251)
    await expect(second).rejects.toThrow('longer than 250 ms')
    expect(broken).toEqual(['the body took longer than 250 ms'])
  })

  test('tells of a body that breaks off by itself, once', async () => {
    const { body, controller } = bodyByHand()
    const broken: string[] = []
    const reader = watchBody(body, { totalMs: 1_000, onBroken: (cause) => broken.push(cause) }).getReader()
    controller.error(new Error('reset by peer'))
    await expect(reader.read()).rejects.toThrow('reset by peer')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(broken).toEqual(['reset by peer'])
  })

  test('lets go of the backend when the client lets go, and says nothing', async () => {
    const { body, cancelled } = bodyByHand()
    const broken: string[] = []
    const watched = watchBody(body, { idleMs: 100, totalMs: 1_000, onBroken: (cause) => broken.push(cause) })
    await watched.cancel('gone')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(cancelled).toEqual(['gone'])
    expect(broken).toEqual([])
  })
})
