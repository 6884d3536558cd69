import type { CacheFill, CacheFound, CachePlace, CacheTier, FillResult, Ports } from '../ports.ts'
import { parseCacheControl, type CacheControl } from '../semantics/caching/cache-control.ts'
import type { ForwardReason } from '../semantics/caching/cache-status.ts'
import { maySatisfy, wantsNewer } from '../semantics/caching/client-wish.ts'
import { judgeFreshness, type CachedAnswer } from '../semantics/caching/entry.ts'
import { asksInvalidation, judgeInvalidation, type Invalidation } from '../semantics/caching/invalidation.ts'
import { toChangedPath } from '../semantics/caching/changed-paths.ts'
import { isPurged } from '../semantics/caching/purges.ts'
import { findPlace, toVariantPlace } from './cache-place.ts'
import type { Keyed, MethodResponse } from './exchange.ts'
import { mayInvalidateCache } from './check-policy.ts'
import { GatewayRefusal } from './refusal.ts'
import { renderHit, renderUnavailable } from './render-cached.ts'

/** What the cache says to a request: the answer, or what `writeCache` needs to know of the miss. */
export type CacheLookup = CacheHit | CacheMiss

/** An answer from the cache. */
export interface CacheHit {
  readonly kind: 'hit'
  readonly answer: MethodResponse
  readonly tier: CacheTier
  /** The answer is stale and this request has the duty to fetch it anew behind its own; null when it has not. */
  readonly refresh: CacheMiss | null
}

/** No answer that serves. */
export interface CacheMiss {
  readonly kind: 'miss'
  readonly question: CacheQuestion
  readonly place: CachePlace
  readonly reason: ForwardReason
  /** What went stale: asks the backend whether it is still good, and serves when the backend fails. */
  readonly stale: CachedAnswer | null
  /** The duty to fill the place; null when the request goes alone. */
  readonly fill: CacheFill | null
}

/** A request as the cache sees it. */
export interface CacheQuestion {
  readonly matched: Keyed
  /** The place before any `Vary`. */
  readonly base: CachePlace
  readonly invalidation: Invalidation
  /** Of the client; null under Amazon's policy, which knows only invalidation. */
  readonly control: CacheControl | null
  /** Whether the client asks for a part, under the standards' policy: it may get the whole from the cache, or its part from the backend. */
  readonly isPartial: boolean
}

/** How often a request looks again because a place turned out to be another (`Vary`). */
const HOPS_MAX = 3

/** Step 9. Looks for an answer, in this isolate first, which waits for nothing. A request that finds none fills the place, or waits for the one that does. */
export function readCache(matched: Keyed, ports: Ports): CacheLookup | Promise<CacheLookup> {
  const base = findPlace(matched, ports)
  return base instanceof Promise ? base.then((place) => readAnswer(toQuestion(matched, place), ports)) : readAnswer(toQuestion(matched, base), ports)
}

function readAnswer(question: CacheQuestion, ports: Ports): CacheLookup | Promise<CacheLookup> {
  if (question.invalidation === 'granted') {
    const place = locate(question, ports)
    return missOf(question, { place, reason: 'request', stale: peekAnswer(question, place, ports), fill: null })
  }
  const place = locate(question, ports)
  const held = peekAnswer(question, place, ports)
  return (held === null ? null : serve(question, place, { answer: held, tier: 'memory' }, ports)) ?? lookAround(question, ports)
}

async function lookAround(question: CacheQuestion, ports: Ports): Promise<CacheLookup> {
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const lookup = await look(question, ports)
    if (lookup !== null) return lookup
  }
  return missOf(question, { place: locate(question, ports), reason: 'vary-miss', stale: null, fill: null })
}

function toQuestion(matched: Keyed, base: CachePlace): CacheQuestion {
  const header = matched.request.headers.get('cache-control')
  const control = base.stage.cachePolicy === 'rfc9111' ? parseCacheControl(header) : null
  const invalidation = header !== null && asksInvalidation(header) ? judgeInvalidation(matched.settings, () => mayInvalidateCache(matched)) : 'not-asked'
  if (invalidation === 'refused') throw new GatewayRefusal('ACCESS_DENIED', { note: 'the caller may not invalidate the cache (execute-api:InvalidateCache)' })
  return { matched, base, invalidation, control, isPartial: control !== null && matched.request.headers.has('range') }
}

/** One look; null when it is to be done again, because what stands at the place leads to another. */
async function look(question: CacheQuestion, ports: Ports): Promise<CacheLookup | null> {
  const place = locate(question, ports)
  const held = peekAnswer(question, place, ports)
  const hit = held === null ? null : serve(question, place, { answer: held, tier: 'memory' }, ports)
  if (hit !== null) return hit
  if (question.control?.onlyIfCached === true || question.isPartial || question.matched.httpMethod === 'HEAD') return lookWithoutFilling(question, place, ports)
  const turn = ports.cache.take(place)
  switch (turn.kind) {
    case 'alone':
      return missOf(question, { place, reason: 'bypass', stale: held, fill: null })
    case 'wait':
      return takeResult(question, place, await turn.result, ports)
    case 'fill':
      return lookFurther(question, place, held, turn.fill, ports)
    default:
      return turn satisfies never
  }
}

/** HEAD stores nothing, nor does a part, so nobody waits for them; `only-if-cached` does not want the backend (RFC 9111 section 5.2.1.7). */
async function lookWithoutFilling(question: CacheQuestion, place: CachePlace, ports: Ports): Promise<CacheLookup | null> {
  const found = await ports.cache.read(place)
  if (found?.entry.kind === 'vary') return null
  const hit = found === null || isGone(question, found.entry, ports) ? null : serve(question, place, { answer: found.entry, tier: found.tier }, ports)
  if (hit !== null) return hit
  if (question.control?.onlyIfCached === true) return { kind: 'hit', answer: renderUnavailable(question), tier: 'memory', refresh: null }
  return missOf(question, { place, reason: toReason(question, place, null), stale: null, fill: null })
}

async function lookFurther(question: CacheQuestion, place: CachePlace, held: CachedAnswer | null, fill: CacheFill, ports: Ports): Promise<CacheLookup | null> {
  const found: CacheFound | null = await fill.look()
  if (found?.entry.kind === 'vary') {
    fill.finish({ kind: 'again' }, 'stored')
    return null
  }
  const answer = found === null || isGone(question, found.entry, ports) ? held : found.entry
  if (found !== null && answer !== null && mayServe(question, answer, ports.clock.nowMs())) {
    fill.finish({ kind: 'answer', answer, place }, 'stored')
    return serve(question, place, { answer, tier: found.tier }, ports)
  }
  return missOf(question, { place, reason: toReason(question, place, answer), stale: answer, fill })
}

function takeResult(question: CacheQuestion, place: CachePlace, result: FillResult, ports: Ports): CacheLookup | null {
  switch (result.kind) {
    case 'answer': {
      // What was fetched turned out to vary, and this request wants another variant.
      if (locate(question, ports).key !== result.place.key) return null
      return { kind: 'hit', tier: 'fill', answer: renderHit(question, result.answer, { tier: 'fill', nowMs: ports.clock.nowMs() }), refresh: null }
    }
    case 'again':
      return null
    case 'failed':
      throw result.cause
    case 'nothing':
      return missOf(question, { place, reason: toReason(question, place, null), stale: null, fill: null })
    default:
      return result satisfies never
  }
}

/** The place of this request, by the headers that answers under its key are known to vary by. */
function locate(question: CacheQuestion, ports: Ports): CachePlace {
  const { base, matched } = question
  if (question.control === null) return base
  const held = ports.cache.peek(base)
  return held?.kind === 'vary' ? toVariantPlace(base, held.names, matched.request.headers) : base
}

function peekAnswer(question: CacheQuestion, place: CachePlace, ports: Ports): CachedAnswer | null {
  const held = ports.cache.peek(place)
  return held === null || held.kind === 'vary' || isGone(question, held, ports) ? null : held
}

/** Whether a purge of the stage reached the answer, or a request that changed what it tells of. */
function isGone({ base, matched, control }: CacheQuestion, answer: CachedAnswer, ports: Ports): boolean {
  const { cachePurges } = base.stage
  if (cachePurges.length > 0 && isPurged(cachePurges, { methodKey: base.methodKey, answer })) return true
  return control !== null && ports.cache.isOutdated(base.stage, toChangedPath(matched.resourceRequestPath), answer.requestedAtMs)
}

function mayServe({ matched, control }: CacheQuestion, answer: CachedAnswer, nowMs: number): boolean {
  if (control === null) return judgeFreshness(answer, nowMs) === 'fresh'
  // A wish for a newer answer costs the backend as much as invalidation and needs the same leave; without it the wish is passed over.
  if (wantsNewer(control, answer, nowMs) && judgeInvalidation(matched.settings, () => mayInvalidateCache(matched)) === 'granted') return false
  return maySatisfy(control, answer, nowMs)
}

/** The answer for this request when it may have it; a stale one that may still be served is fetched anew behind it, by one request. */
function serve(question: CacheQuestion, place: CachePlace, found: { readonly answer: CachedAnswer; readonly tier: CacheTier }, ports: Ports): CacheHit | null {
  const { answer, tier } = found
  const nowMs = ports.clock.nowMs()
  if (!mayServe(question, answer, nowMs)) return null
  const hit = { kind: 'hit', tier, answer: renderHit(question, answer, { tier, nowMs }) } as const
  if (nowMs < answer.freshUntilMs || question.matched.httpMethod !== 'GET') return { ...hit, refresh: null }
  const turn = ports.cache.take(place)
  const refresh = turn.kind === 'fill' ? missOf(question, { place, reason: 'stale', stale: answer, fill: turn.fill }) : null
  return { ...hit, refresh }
}

function toReason({ base }: CacheQuestion, place: CachePlace, stale: CachedAnswer | null): ForwardReason {
  if (stale !== null) return 'stale'
  return place === base ? 'uri-miss' : 'vary-miss'
}

function missOf(question: CacheQuestion, parts: Pick<CacheMiss, 'place' | 'reason' | 'stale' | 'fill'>): CacheMiss {
  return { kind: 'miss', question, ...parts }
}
