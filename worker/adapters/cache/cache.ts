import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import { cacheEntryKey } from '../../../kv-schemas/keys.ts'
import type { Bytes, Cache, CacheFill, CacheFound, CachePlace, CacheTurn } from '../../ports.ts'
import type { CacheWritten } from '../../semantics/caching/books.ts'
import { addChange, isOutdated } from '../../semantics/caching/changed-paths.ts'
import type { CoalescingLimits } from '../../semantics/caching/coalescing.ts'
import { decodeEntry, encodeEntry } from '../../semantics/caching/entry-codec.ts'
import { toEntryBytes, type CacheEntry } from '../../semantics/caching/entry.ts'
import { changesOf, note, type BookEvent, type CacheBooks } from './books.ts'
import type { CacheMemory } from './cache-memory.ts'
import type { CacheStore } from './cache-store.ts'
import { takeTurn, type LocalTurn } from './fills.ts'
import type { Sealer } from './sealer.ts'

/** What the cache is made of. */
export interface CacheOptions {
  readonly memory: CacheMemory
  readonly store: CacheStore
  readonly sealer: Sealer
  readonly books: CacheBooks
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
  /** Tells whoever watches the gateway of an entry that somebody else must have written, or of a store that fails. */
  readonly warn: (message: string, place: CachePlace) => void
  readonly limits?: CoalescingLimits
  /** How long a request waits for the store. */
  readonly storeMsMax?: number
}

/** How long an isolate trusts its own copy before it looks, behind a response, whether the store has a newer one; and how long it waits for the store. */
const LIMITS = { recheckMs: 30_000, storeMsMax: 1_000, joinMsMax: 5_000 } as const

/** The response cache: this isolate's memory, then the shared store, with the books in an object. */
export function createCache(options: CacheOptions): Cache {
  const { memory, nowMs, defer } = options
  return {
    epochOf: (stage) => (memory.flushed.size === 0 ? stage.cacheEpoch : epochOf(stage, memory)),
    peek(place) {
      const held = memory.entries.get(place.key)
      if (held === undefined) return null
      if (nowMs() - held.checkedAtMs >= LIMITS.recheckMs) {
        held.checkedAtMs = nowMs()
        defer(readStore(place, options))
      }
      return held.entry
    },
    read: (place) => readStore(place, options),
    take: (place) => take(place, options),
    write(place, entry) {
      keepInMemory(place, entry, options)
      defer(writeStore(place, entry, options))
    },
    remove(place) {
      memory.entries.delete(place.key)
      defer(removeFromStore(place, options))
    },
    noteChanges(stage, paths) {
      const atMs = nowMs()
      for (const path of paths) {
        addChange(changesOf(stage, memory), { path, atMs })
        note(stage, { kind: 'changed', change: { path, atMs } }, options)
      }
    },
    isOutdated(stage, path, requestedAtMs) {
      const changes = memory.changes.size === 0 ? undefined : memory.changes.get(`${stage.apiId}/${stage.stageName}`)
      return changes !== undefined && isOutdated(changes, path, requestedAtMs)
    },
    count: (stage, what, latencyMs) => note(stage, { kind: 'count', what, latencyMs }, options),
  }
}

function epochOf(stage: StageDocument, { flushed }: CacheMemory): number {
  const name = `${stage.apiId}/${stage.stageName}`
  const epoch = flushed.get(name) ?? 0
  // The rules show the flush by now.
  if (stage.cacheEpoch >= epoch) flushed.delete(name)
  return Math.max(stage.cacheEpoch, epoch)
}

function take(place: CachePlace, options: CacheOptions): CacheTurn {
  const look = (): Promise<CacheFound | null> => readStore(place, options)
  if (place.stage.coalescing === 'off') return { kind: 'fill', fill: { look, finish: () => undefined } }
  const turn = takeTurn(options.memory, place, options)
  if (turn.kind !== 'fill') return turn
  return { kind: 'fill', fill: place.stage.coalescing === 'stage' ? fillForStage(place, turn, options) : { look, finish: turn.finish } }
}

/** The duty to fill for all isolates: the object gives it to one of them, and the others wait for what that one hands in. */
function fillForStage(place: CachePlace, turn: LocalTurn & { kind: 'fill' }, options: CacheOptions): CacheFill {
  let isOurs = false
  return {
    async look() {
      const found = await readStore(place, options)
      if (found !== null) return found
      const joined = await joinStage(place, options)
      isOurs = joined === 'ours'
      return joined === 'ours' || joined === null ? null : joined
    },
    finish(result, end) {
      turn.finish(result, end)
      if (isOurs) options.defer(finishStage(place, result.kind === 'answer' ? result.answer : null, options))
    },
  }
}

async function joinStage(place: CachePlace, options: CacheOptions): Promise<CacheFound | 'ours' | null> {
  try {
    const keyDigest = await digest(place.key)
    const turn = await options.books.join(place.stage, keyDigest, LIMITS.joinMsMax)
    if (turn.kind !== 'filled') return turn.kind === 'fill' ? 'ours' : null
    const entry = await open(turn.bytes, place, { keyDigest, options })
    if (entry === null) return null
    keepInMemory(place, entry, options)
    return { entry, tier: 'fill' }
  } catch {
    // The object is down: the isolate fills for itself.
    return null
  }
}

async function finishStage(place: CachePlace, entry: CacheEntry | null, options: CacheOptions): Promise<void> {
  const keyDigest = await digest(place.key)
  const bytes = entry === null ? null : await close(entry, place, { keyDigest, options })
  await options.books.finish(place.stage, keyDigest, bytes)
}

/** `storedBytes`: the size in the store, where it is known; the objects of an entry take about twice its head, and a little more. */
function keepInMemory(place: CachePlace, entry: CacheEntry, { memory, nowMs }: CacheOptions, storedBytes: number | null = null): void {
  const bytes = storedBytes === null ? toEntryBytes(entry) : storedBytes + 1_000
  memory.entries.set(place.key, { entry, checkedAtMs: nowMs() }, bytes + place.key.length * 2)
}

/** Never throws, and does not wait long: a store that is slow or down is a miss. */
async function readStore(place: CachePlace, options: CacheOptions): Promise<CacheFound | null> {
  try {
    const keyDigest = await digest(place.key)
    const bytes = await withLimit(options.store.get(nameOf(place, keyDigest)), options.storeMsMax ?? LIMITS.storeMsMax)
    if (bytes === null) return null
    const entry = await open(bytes, place, { keyDigest, options })
    if (entry === null || entry.keepUntilMs <= options.nowMs()) return null
    const held = options.memory.entries.get(place.key)?.entry
    if (held !== undefined && !isNewer(entry, held)) return { entry: held, tier: 'memory' }
    keepInMemory(place, entry, options, bytes.byteLength)
    tell(place, { kind: 'read', written: toWritten(place, entry, { keyDigest, bytes: bytes.byteLength, usedAtMs: options.nowMs() }) }, options)
    return { entry, tier: 'kv' }
  } catch (error) {
    options.warn(`the cache's store failed: ${String(error)}`, place)
    return null
  }
}

/** KV may show an older entry than this isolate wrote. */
function isNewer(found: CacheEntry, held: CacheEntry): boolean {
  return found.keepUntilMs > held.keepUntilMs || (found.kind === 'answer' && held.kind === 'answer' && found.storedAtMs > held.storedAtMs)
}

async function writeStore(place: CachePlace, entry: CacheEntry, options: CacheOptions): Promise<void> {
  const ttlSeconds = (entry.keepUntilMs - options.nowMs()) / 1000
  if (ttlSeconds <= 0) return
  const keyDigest = await digest(place.key)
  const bytes = await close(entry, place, { keyDigest, options })
  if (bytes === null) return
  const written = toWritten(place, entry, { keyDigest, bytes: bytes.byteLength, usedAtMs: options.nowMs() })
  await options.store.put(nameOf(place, keyDigest), bytes, { ttlSeconds, written })
  tell(place, { kind: 'written', written }, options)
}

async function removeFromStore(place: CachePlace, options: CacheOptions): Promise<void> {
  const keyDigest = await digest(place.key)
  await options.store.delete(nameOf(place, keyDigest))
  tell(place, { kind: 'removed', keyDigest }, options)
}

interface Coding {
  readonly keyDigest: string
  readonly options: CacheOptions
}

/** The entry as it goes to the store; null when it must be encrypted and there is no key. */
async function close(entry: CacheEntry, place: CachePlace, { keyDigest, options }: Coding): Promise<Bytes | null> {
  const plain = encodeEntry(entry, keyDigest)
  if (!place.isEncrypted) return plain
  const sealed = await options.sealer.close(plain, place, keyDigest)
  if (sealed === null) options.warn('cacheDataEncrypted, but there is no CACHE_ENCRYPTION_KEY: the entry stays in the isolate', place)
  return sealed
}

/** The entry in bytes from the store; null, and an alarm, when they are not what was written there. */
async function open(bytes: Bytes, place: CachePlace, { keyDigest, options }: Coding): Promise<CacheEntry | null> {
  const plain = place.isEncrypted ? await unseal(bytes, place, { keyDigest, options }) : bytes
  if (plain === null) return null
  const decoded = decodeEntry(plain, keyDigest)
  switch (decoded.kind) {
    case 'entry':
      return decoded.entry
    case 'of-another-version':
      return null
    case 'foreign':
    case 'malformed':
      return alarm(place, decoded.kind, options)
    default:
      return decoded satisfies never
  }
}

async function unseal(bytes: Bytes, place: CachePlace, { keyDigest, options }: Coding): Promise<Bytes | null> {
  const opened = await options.sealer.open(bytes, place, keyDigest)
  switch (opened.kind) {
    case 'opened':
      return opened.bytes
    case 'tampered':
      return alarm(place, 'tampered with', options)
    case 'not-sealed':
    case 'unknown-key':
      // Written before encryption was switched on, or with a key that has been taken away.
      return null
    default:
      return opened satisfies never
  }
}

function alarm(place: CachePlace, what: string, options: CacheOptions): null {
  options.warn(`an entry of the cache is ${what}`, place)
  tell(place, { kind: 'alarm' }, options)
  return null
}

function tell(place: CachePlace, event: BookEvent, options: CacheOptions): void {
  note(place.stage, event, options)
}

function toWritten(place: CachePlace, entry: CacheEntry, parts: Pick<CacheWritten, 'keyDigest' | 'bytes' | 'usedAtMs'>): CacheWritten {
  return { ...parts, keepUntilMs: entry.keepUntilMs, methodKey: place.methodKey, cacheEpoch: place.cacheEpoch }
}

function nameOf({ stage }: CachePlace, keyDigest: string): string {
  return cacheEntryKey(stage.apiId, stage.stageName, keyDigest)
}

async function digest(key: string): Promise<string> {
  // As JSON where there is half a surrogate pair: UTF-8 would make all of them one character, and two keys one. No key begins with a quote.
  const text = key.isWellFormed() ? key : JSON.stringify(key)
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  let hex = ''
  for (const byte of bytes) hex += HEX[byte]
  return hex
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** One promise and one timer: this stands on the way of every hit in the store. */
function withLimit<Value>(work: Promise<Value>, msMax: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${msMax} ms`)), msMax)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
}
