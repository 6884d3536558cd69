import { vi } from 'vitest'

/** A virtual clock beside real objects: it stands still while a call to one of them is under way, so that a machine that is slow or busy makes no call last longer. */
export interface ObjectClock {
  /** A namespace whose calls the clock waits for; `onCall` hears of each, and may throw for an object that can not be reached. */
  readonly watch: <Namespace extends object>(namespace: Namespace, onCall?: (name: string) => void) => Namespace
  /** Lets the clock run until the work is done: ten milliseconds at each turn of the real one. */
  readonly running: <Value>(work: Value | Promise<Value>) => Promise<Value>
  /** Lets so much time pass. */
  readonly pass: (ms: number, stepMs?: number) => Promise<void>
}

/** How far the clock goes at one turn of the real one. */
const STEP_MS = 10

/** How the clock waits for calls. */
export interface ObjectClockOptions {
  /** Whether calls wait for time themselves: then the clock goes on all the same, though no faster than the real one. */
  readonly mayCallsWait?: boolean
}

/** Makes a clock; the fake timers are the test's own. */
export function createObjectClock({ mayCallsWait = false }: ObjectClockOptions = {}): ObjectClock {
  const calls = { underWay: 0 }

  /** At least one turn, in which what is settled goes on, and as many as the calls that are under way take. */
  async function settle(stepMs: number): Promise<void> {
    const untilMs = mayCallsWait ? performance.now() + stepMs : Infinity
    do await scheduler.wait(0)
    while (calls.underWay > 0 && performance.now() < untilMs)
  }

  async function pass(ms: number, stepMs = STEP_MS): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await settle(stepMs)
      await vi.advanceTimersByTimeAsync(Math.min(stepMs, ms - passed))
    }
    await settle(stepMs)
  }

  function track(call: unknown): Promise<unknown> {
    calls.underWay += 1
    const done = Promise.resolve(call)
    const end = (): void => void (calls.underWay -= 1)
    done.then(end, end)
    return done
  }

  return {
    watch: (namespace, onCall = () => undefined) =>
      new Proxy(namespace, {
        get: (target, member) => {
          const value: unknown = Reflect.get(target, member)
          if (member !== 'getByName' || typeof value !== 'function') return value
          return (name: string) => {
            onCall(name)
            return trackedStub(Reflect.apply(value, target, [name]) as object, track)
          }
        },
      }),
    async running(work) {
      const state = { isDone: false }
      const done = Promise.resolve(work).finally(() => (state.isDone = true))
      while (!state.isDone) {
        await settle(STEP_MS)
        if (!state.isDone) await vi.advanceTimersByTimeAsync(STEP_MS)
      }
      return done
    },
    pass,
  }
}

function trackedStub(stub: object, track: (call: unknown) => Promise<unknown>): object {
  return new Proxy(stub, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member)
      return typeof value === 'function' ? (...values: readonly unknown[]) => track(Reflect.apply(value, target, values)) : value
    },
  })
}
