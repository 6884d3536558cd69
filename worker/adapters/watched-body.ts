/** What is asked of a body that flows through. */
export interface Watch {
  /** How long its sender may stand still; no bound when absent. */
  readonly idleMs?: number | undefined
  /** How long it may take in all; no bound when absent. */
  readonly totalMs?: number | undefined
  /** Told once when the body breaks off, and whether a bound of time broke it; not when the reader lets go of it. */
  readonly onBroken?: ((cause: string, isTimeOut: boolean) => void) | undefined
  /** The length that its sender declared, in bytes: the reader's side declares it too. */
  readonly declaredBytes?: number | undefined
  /** Turns what the sender sends into what the reader gets; as it is when absent. */
  readonly decoder?: BodyDecoder | undefined
}

/** Decodes a body piece by piece. What it throws breaks the body off. */
export interface BodyDecoder {
  /** A piece may be overwritten as soon as what came of it has been taken. */
  push(piece: Uint8Array): Iterable<Uint8Array>
  /** Told that the sender is done. */
  end(): void
}

/**
 * A body within its bounds of time: beyond them it breaks off. Memory stays flat and the reader sets the pace. The runtime carries the bytes by itself, but for those that are
 * decoded, and for the first pieces of a body that may not stand still: only code sees when a piece comes, and code that sees them all is slow and leaves much behind.
 */
export function watchBody(body: ReadableStream<Uint8Array>, watch: Watch): ReadableStream<Uint8Array> {
  const { readable, writable } = openPipe(watch.declaredBytes)
  void flow(body, writable, { watch, ending: createEnding(watch) })
  return readable
}

/** A body as it was, without bounds: the runtime carries it, and only its breaking off is told. */
export function listenToBody(body: ReadableStream<Uint8Array>, onBroken: (cause: string) => void, declaredBytes?: number): ReadableStream<Uint8Array> {
  const { readable, writable } = openPipe(declaredBytes)
  body.pipeTo(writable).catch((error: unknown) => onBroken(describe(error)))
  return readable
}

function openPipe(declaredBytes: number | undefined): TransformStream<Uint8Array, Uint8Array> {
  return declaredBytes === undefined ? new IdentityTransformStream() : new FixedLengthStream(declaredBytes)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

interface Flowing {
  readonly watch: Watch
  readonly ending: Ending
}

async function flow(body: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>, { watch, ending }: Flowing): Promise<void> {
  try {
    const isNative = watch.idleMs === undefined && watch.decoder === undefined
    if (isNative || !(await carryPieces(body, writable, { watch, ending }))) await body.pipeTo(writable, { signal: ending.signal })
    ending.finish()
  } catch (error) {
    ending.breakOff(error)
  }
}

/** How many pieces are watched for a sender that stands still. What sends more is no trickle; the bound of its whole time remains. */
const WATCHED_PIECES = 512

/** Carries pieces by hand: all of them where they are decoded, else the first ones. True when the body has come to its end. */
async function carryPieces(body: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>, { watch: { idleMs, decoder }, ending }: Flowing): Promise<boolean> {
  const source = openSource(body)
  const sink = writable.getWriter()
  const { signal } = ending
  signal.addEventListener('abort', () => {
    sink.abort(signal.reason).catch(ignore)
    source.cancel(signal.reason).catch(ignore)
  })
  const idle = startIdleTimer(idleMs, () => ending.timeOut(`the body stood still for ${idleMs} ms`))
  const piecesMax = decoder === undefined ? WATCHED_PIECES : Number.POSITIVE_INFINITY
  try {
    for (let pieces = 0; pieces < piecesMax; pieces += 1) {
      idle.begin()
      const { done, value } = await source.read()
      idle.pause()
      if (signal.aborted) return true
      if (done) {
        decoder?.end()
        await sink.close()
        return true
      }
      for (const piece of value === undefined ? [] : (decoder?.push(value) ?? [value])) {
        const failure = await sink.write(piece).then(() => null, (error: unknown) => ({ error }))
        // Its reader is gone; workerd tells so at the next write, and not before.
        if (failure !== null) {
          ending.finish()
          await source.cancel(failure.error)
          return true
        }
      }
    }
    source.release()
    sink.releaseLock()
    return false
  } catch (error) {
    ending.breakOff(error)
    return true
  } finally {
    idle.stop()
  }
}

/** The ends that a body can have; the first one counts. A body that breaks off aborts the signal. */
interface Ending {
  readonly signal: AbortSignal
  finish(): void
  breakOff(error: unknown): void
  timeOut(cause: string): void
}

function createEnding({ totalMs, onBroken }: Watch): Ending {
  const abort = new AbortController()
  let isOver = false
  const end = (act: () => void): void => {
    if (isOver) return
    isOver = true
    cancelTotal()
    act()
  }
  const breakOff = (error: unknown, isTimeOut: boolean): void =>
    end(() => {
      onBroken?.(describe(error), isTimeOut)
      abort.abort(error)
    })
  const timeOut = (cause: string): void => breakOff(new Error(cause), true)
  const cancelTotal = startTimer(totalMs, () => timeOut(`the body took longer than ${totalMs} ms`))
  return { signal: abort.signal, finish: () => end(ignore), breakOff: (error) => breakOff(error, false), timeOut }
}

/** The smallest and the largest buffer that a body fills: a trickle holds little, a torrent takes few turns. workerd hands its own streams out in pieces of 4 KB when it is given none. */
const BUFFER_BYTES = { min: 16_384, max: 262_144 } as const

interface Source {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
  release(): void
}

function openSource(body: ReadableStream<Uint8Array>): Source {
  const reader = byobReaderOf(body)
  if (reader === null) return openPlainSource(body.getReader())
  let buffer = new ArrayBuffer(BUFFER_BYTES.min)
  return {
    async read() {
      const asked = buffer.byteLength
      const result = await reader.read(new Uint8Array(buffer))
      // The buffer comes back with what was read; one that was filled to the brim was too small.
      if (result.value !== undefined) buffer = result.value.byteLength === asked && asked < BUFFER_BYTES.max ? new ArrayBuffer(asked * 2) : result.value.buffer
      return result
    },
    cancel: (reason) => reader.cancel(reason),
    release: () => reader.releaseLock(),
  }
}

function openPlainSource(reader: ReadableStreamDefaultReader<Uint8Array>): Source {
  return { read: () => reader.read(), cancel: (reason) => reader.cancel(reason), release: () => reader.releaseLock() }
}

/** Only streams of bytes fill a buffer; others say so by throwing. */
function byobReaderOf(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return null
  }
}

/** Measures how long a sender stands still, and not the time in which its reader does. */
interface IdleTimer {
  begin(): void
  pause(): void
  stop(): void
}

/** One timer for the whole body: it looks when the sender fell silent, and comes again when that time is not over. */
function startIdleTimer(idleMs: number | undefined, act: () => void): IdleTimer {
  if (idleMs === undefined) return { begin: ignore, pause: ignore, stop: ignore }
  let silentSinceMs: number | null = null
  let cancel: () => void = ignore
  const look = (): void => {
    const leftMs = silentSinceMs === null ? idleMs : silentSinceMs + idleMs - Date.now()
    if (leftMs > 0) cancel = startTimer(leftMs, look)
    else act()
  }
  look()
  return { begin: () => void (silentSinceMs = Date.now()), pause: () => void (silentSinceMs = null), stop: () => cancel() }
}

/** Starts a timer and gives what stops it; there is none without a time. */
function startTimer(ms: number | undefined, act: () => void): () => void {
  if (ms === undefined) return ignore
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

function ignore(): void {
  // There is nothing to do, or nobody whom it would help to know.
}
