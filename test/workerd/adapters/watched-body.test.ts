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
    const reader = watchBody(body, { idleMs: 10_000, totalMs: 250, onBroken: (cause) => broken.push(cause) }).getReader()
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
    const { body, controller, cancelled } = bodyByHand()
    const broken: string[] = []
    const watched = watchBody(body, { idleMs: 100, totalMs: 1_000, onBroken: (cause) => broken.push(cause) })
    await watched.cancel('gone')
    controller.enqueue(Uint8Array.of(1))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(cancelled).toHaveLength(1)
    expect(broken).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('declares the length that its sender declared', async () => {
    const whole = bodyByHand()
    const response = new Response(watchBody(whole.body, { declaredBytes: 2 }))
    whole.controller.enqueue(Uint8Array.of(1, 2))
    whole.controller.close()
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(1, 2))
    expect(whole.cancelled).toEqual([])
  })

  test('is decoded on its way; what the decoder throws breaks it off', async () => {
    const { body, controller } = bodyByHand()
    const broken: string[] = []
    const decoder = {
      push: (piece: Uint8Array) => [piece.map((byte) => byte + 1), Uint8Array.of(9)],
      end: () => {
        throw new Error('it ended too soon')
      },
    }
    const reader = watchBody(body, { decoder, onBroken: (cause) => broken.push(cause) }).getReader()
    controller.enqueue(Uint8Array.of(1))
    expect([(await reader.read()).value, (await reader.read()).value]).toEqual([Uint8Array.of(2), Uint8Array.of(9)])
    controller.close()
    await expect(reader.read()).rejects.toThrow('it ended too soon')
    expect(broken).toEqual(['it ended too soon'])
  })

  test.each([
    { name: 'where nobody has to see its pieces', watch: { totalMs: 1_000 }, pieces: 3 },
    { name: 'after its first pieces', watch: { idleMs: 100, totalMs: 1_000 }, pieces: 600 },
  ])('is carried by the runtime $name', async ({ watch, pieces }) => {
    const { body, controller } = bodyByHand()
    const broken: string[] = []
    const reader = watchBody(body, { ...watch, onBroken: (cause) => broken.push(cause) }).getReader()
    for (let piece = 0; piece < pieces; piece += 1) {
      controller.enqueue(Uint8Array.of(piece % 256))
      expect((await reader.read()).value).toEqual(Uint8Array.of(piece % 256))
    }
    controller.close()
    expect((await reader.read()).done).toBe(true)
    await vi.advanceTimersByTimeAsync(2_000)
    expect([broken, vi.getTimerCount()]).toEqual([[], 0])
  })

  test('comes byte for byte when the pieces of its sender outgrow the buffer', async () => {
    const sizes = [1, 16_384, 16_385, 300_000, 3, 262_144, 500_000]
    const bytes = Uint8Array.from({ length: sizes.reduce((sum, size) => sum + size) }, (_zero, index) => (index * 7) % 251)
    let at = 0
    const body: ReadableStream<Uint8Array> = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const size = sizes.shift()
        if (size === undefined) return controller.close()
        controller.enqueue(bytes.slice(at, (at += size)))
      },
    })
    const arrived = new Uint8Array(await new Response(watchBody(body, { idleMs: 1_000 })).arrayBuffer())
    expect(arrived.byteLength).toBe(bytes.byteLength)
    expect(arrived.every((byte, index) => byte === bytes[index])).toBe(true)
  })
})
