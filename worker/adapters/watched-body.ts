/** What is asked of a body that flows through. */
export interface Watch {
  /** How long it may stand still between two chunks; no bound when absent. */
  readonly idleMs?: number
  /** How long it may take in all; no bound when absent. */
  readonly totalMs?: number
  /** Told once when the body breaks off; not when the reader lets go of it. */
  readonly onBroken?: (cause: string) => void
}

/** A body as it was, but for its bounds of time: beyond them it breaks off. One chunk is under way at a time, so memory stays flat and the reader sets the pace. */
export function watchBody(body: ReadableStream<Uint8Array>, { idleMs, totalMs, onBroken }: Watch): ReadableStream<Uint8Array> {
  const reader = openReader(body)
  let isOver = false
  let cancelTotal: () => void = nothing
  const end = (act: () => void): void => {
    if (isOver) return
    isOver = true
    cancelTotal()
    act()
  }
  const breakOff = (controller: ReadableStreamDefaultController<Uint8Array>, error: unknown): void =>
    end(() => {
      controller.error(error)
      onBroken?.(error instanceof Error ? error.message : String(error))
    })
  const breakOffAfter = (ms: number | undefined, controller: ReadableStreamDefaultController<Uint8Array>, cause: string): (() => void) =>
    startTimer(ms, () => {
      breakOff(controller, new Error(cause))
      reader.cancel(cause).catch(() => undefined)
    })
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        cancelTotal = breakOffAfter(totalMs, controller, `the body took longer than ${totalMs} ms`)
      },
      async pull(controller) {
        const cancelIdle = breakOffAfter(idleMs, controller, `the body stood still for ${idleMs} ms`)
        try {
          const { done, value } = await reader.read()
          if (done) end(() => controller.close())
          else if (!isOver && value !== undefined) controller.enqueue(value)
        } catch (error) {
          breakOff(controller, error)
        } finally {
          cancelIdle()
        }
      },
      cancel(reason) {
        end(() => undefined)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

/** Bytes asked for at once. workerd hands its own streams out in pieces of 4 KB unless it is given a larger buffer to fill. */
const BUFFER_BYTES = 131_072

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
}

function openReader(body: ReadableStream<Uint8Array>): Reader {
  const byob = byobReaderOf(body)
  if (byob === null) return body.getReader()
  return { read: () => byob.read(new Uint8Array(BUFFER_BYTES)), cancel: (reason) => byob.cancel(reason) }
}

/** Only streams of bytes fill a buffer; others say so by throwing. */
function byobReaderOf(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return null
  }
}

function nothing(): void {
  // There is no timer to stop.
}

/** Starts a timer and gives what stops it; there is none without a time. */
function startTimer(ms: number | undefined, act: () => void): () => void {
  if (ms === undefined) return nothing
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}
