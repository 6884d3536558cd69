import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import type { CacheMemory } from './cache-memory.ts'
import type { CacheNews, CacheReport, CacheWritten, PathChange } from '../../semantics/caching/books.ts'
import { addChange, CHANGED_PATHS_MAX, noChanges, type ChangedPaths } from '../../semantics/caching/changed-paths.ts'
import type { Bytes } from '../../ports.ts'

/** What came of asking the object for the duty to fill a place for all isolates. */
export type StageTurn =
  | { readonly kind: 'fill' }
  /** Another isolate filled it: the entry as it is written to the store. */
  | { readonly kind: 'filled'; readonly bytes: Bytes }
  | { readonly kind: 'alone' }

/** The object that keeps the books of a stage's cache. May fail. */
export interface CacheBooks {
  report(stage: StageDocument, report: CacheReport): Promise<CacheNews>
  /** Waits up to `waitMs` when another isolate fills the place. */
  join(stage: StageDocument, keyDigest: string, waitMs: number): Promise<StageTurn>
  finish(stage: StageDocument, keyDigest: string, bytes: Bytes | null): Promise<void>
}

/** What an isolate has not reported yet, by stage. */
export type Ledgers = Map<string, Ledger>

interface Ledger {
  counts: Counts
  latenciesMs: Latencies
  written: CacheWritten[]
  removed: string[]
  readonly changed: PathChange[]
  changesSeen: number
  /** Whether what is not reported yet is more than counts and reads. */
  hasChanged: boolean
  reportingSinceMs: number | null
  reportedAtMs: number
}

/** Bounds of reporting: what is lost beyond them is found again when entries are read, or runs out by itself. */
const LIMITS = { writtenMax: 1_000, everyMs: 10_000, reportMsMax: 10_000 } as const

type Counts = { -readonly [What in keyof CacheReport['counts']]: number }
type Latencies = { -readonly [What in keyof CacheReport['latenciesMs']]: number }

const noCounts = (): Counts => ({ memory: 0, kv: 0, fill: 0, miss: 0, alarm: 0 })
const noLatencies = (): Latencies => ({ memory: 0, kv: 0, fill: 0, miss: 0 })

/** What the books are told of. */
export type BookEvent =
  | { readonly kind: 'count'; readonly what: keyof Latencies; readonly latencyMs: number }
  | { readonly kind: 'alarm' }
  | { readonly kind: 'written'; readonly written: CacheWritten }
  /** Read from the store: the books learn when an entry was last used, and of one that they lost. */
  | { readonly kind: 'read'; readonly written: CacheWritten }
  | { readonly kind: 'removed'; readonly keyDigest: string }
  | { readonly kind: 'changed'; readonly change: PathChange }

/** What reporting needs of the world. */
export interface BookOptions {
  readonly memory: Pick<CacheMemory, 'ledgers' | 'changes'>
  readonly books: CacheBooks
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
}

/**
 * Notes an event. Counts and reads are reported every few seconds, changes at once; while a report is on its way the next events gather for the next one, so that a busy isolate
 * makes one call at a time. A report that fails is dropped, but for what requests changed, which the next one tells again.
 */
export function note(stage: StageDocument, event: BookEvent, options: BookOptions): void {
  const name = `${stage.apiId}/${stage.stageName}`
  const nowMs = options.nowMs()
  let ledger = options.memory.ledgers.get(name)
  if (ledger === undefined) {
    // Where requests can make answers outdated, an isolate asks at once what they did before it was there.
    const reportedAtMs = stage.cachePolicy === 'rfc9111' ? 0 : nowMs
    ledger = { counts: noCounts(), latenciesMs: noLatencies(), written: [], removed: [], changed: [], changesSeen: 0, hasChanged: false, reportingSinceMs: null, reportedAtMs }
    options.memory.ledgers.set(name, ledger)
  }
  enter(ledger, event)
  const isBusy = ledger.reportingSinceMs !== null && nowMs - ledger.reportingSinceMs < LIMITS.reportMsMax
  const isChange = event.kind === 'written' || event.kind === 'removed' || event.kind === 'changed'
  if (isChange) ledger.hasChanged = true
  const isDue = isChange || nowMs - ledger.reportedAtMs >= LIMITS.everyMs
  if (isDue && !isBusy) options.defer(report(stage, ledger, options))
}

function enter(ledger: Ledger, event: BookEvent): void {
  switch (event.kind) {
    case 'count':
      ledger.counts[event.what] += 1
      ledger.latenciesMs[event.what] += event.latencyMs
      return
    case 'alarm':
      ledger.counts.alarm += 1
      return
    case 'written':
    case 'read':
      if (ledger.written.length < LIMITS.writtenMax) ledger.written.push(event.written)
      return
    case 'removed':
      if (ledger.removed.length < LIMITS.writtenMax) ledger.removed.push(event.keyDigest)
      return
    case 'changed':
      if (ledger.changed.length < CHANGED_PATHS_MAX) ledger.changed.push(event.change)
      return
    default:
      event satisfies never
  }
}

async function report(stage: StageDocument, ledger: Ledger, options: BookOptions): Promise<void> {
  ledger.reportingSinceMs = options.nowMs()
  try {
    do {
      const { counts, latenciesMs, written, removed, changesSeen } = ledger
      const changed = [...ledger.changed]
      Object.assign(ledger, { counts: noCounts(), latenciesMs: noLatencies(), written: [], removed: [], hasChanged: false, reportedAtMs: options.nowMs() })
      const news = await options.books.report(stage, { capacityGb: stage.cacheClusterSize, counts, latenciesMs, written, removed, changed, changesSeen })
      // Told only now: of what was changed, nobody else hears otherwise.
      ledger.changed.splice(0, changed.length)
      learn(ledger, stage, news, options)
    } while (ledger.hasChanged)
  } catch {
    // The object is down: the store still serves, and entries come back into the books when they are read.
  } finally {
    ledger.reportingSinceMs = null
  }
}

/** What others changed is outdated here too. */
function learn(ledger: Ledger, stage: StageDocument, { changed, changesSeen, floorMs }: CacheNews, { memory }: BookOptions): void {
  ledger.changesSeen = changesSeen
  if (changed.length === 0 && floorMs === 0) return
  const changes = changesOf(stage, memory)
  changes.floorMs = Math.max(changes.floorMs, floorMs)
  for (const change of changed) addChange(changes, change)
}

/** What requests changed in a stage, as far as this isolate knows. */
export function changesOf(stage: StageDocument, { changes }: Pick<CacheMemory, 'changes'>): ChangedPaths {
  const name = `${stage.apiId}/${stage.stageName}`
  const known = changes.get(name)
  if (known !== undefined) return known
  const none = noChanges()
  changes.set(name, none)
  return none
}
