import type { CacheTier, Ports } from '../ports.ts'
import type { Validators } from '../semantics/caching/entry.ts'
import { withoutConditions, withValidators } from '../semantics/caching/validators.ts'
import type { IntegrationRequest, IntegrationResponse, Keyed, MethodResponse } from './exchange.ts'
import { readCache, type CacheLookup, type CacheMiss } from './read-cache.ts'
import { giveUp, writeCache } from './write-cache.ts'

/** What came of asking the backend (steps 10 to 12). */
export interface Replied {
  readonly response: IntegrationResponse
  readonly answer: MethodResponse
  /** The backend said that what the cache holds is still good; then there is no answer but that. */
  readonly isStillGood: boolean
  readonly cache?: never
}

/** Asks the backend; a method that is not cached has no conditions. */
export type AskBackend = (condition: CacheCondition | null) => Promise<Replied>

/** How the cache asks the backend: for all of an answer, or whether a stored one is still good. */
export interface CacheCondition {
  readonly validators: Validators | null
}

/** What the cache did, for the log and the metrics. */
export interface CacheNote {
  readonly result: 'hit' | 'miss'
  readonly tier: CacheTier | null
  /** Until the cache knew whether it has the answer, in milliseconds. */
  readonly latencyMs: number
}

/** An answer, and how it came about. */
export interface Answered {
  readonly answer: MethodResponse
  /** Null when the backend was not asked. */
  readonly response: IntegrationResponse | null
  readonly cache: CacheNote
}

/** Steps 9 to 13 of a cached method: the cache's answer, or the backend's, kept. A stale answer goes out at once and is fetched anew behind the response. */
export function answerThroughCache(matched: Keyed, ask: AskBackend, ports: Ports): Answered | Promise<Answered> {
  const startedAtMs = ports.clock.nowMs()
  const use = (lookup: CacheLookup): Answered | Promise<Answered> => {
    const latencyMs = ports.clock.nowMs() - startedAtMs
    ports.cache.count(matched.stage.document, lookup.kind === 'hit' ? lookup.tier : 'miss', latencyMs)
    if (lookup.kind === 'miss') return fill(lookup, ask, ports).then(({ answer, response }) => ({ answer, response, cache: { result: 'miss', tier: null, latencyMs } }))
    if (lookup.refresh !== null) ports.defer(fill(lookup.refresh, ask, ports))
    return { answer: lookup.answer, response: null, cache: { result: 'hit', tier: lookup.tier, latencyMs } }
  }
  const lookup = readCache(matched, ports)
  return lookup instanceof Promise ? lookup.then(use) : use(lookup)
}

async function fill(miss: CacheMiss, ask: AskBackend, ports: Ports): Promise<{ readonly answer: MethodResponse; readonly response: IntegrationResponse | null }> {
  const requestedAtMs = ports.clock.nowMs()
  let replied: Replied
  try {
    const work = ask(toCondition(miss))
    // Others wait for this: the work goes on when this request's client leaves.
    if (miss.fill !== null) ports.defer(work.catch(() => undefined))
    replied = await work
  } catch (cause) {
    return { answer: giveUp(miss, cause, ports), response: null }
  }
  return { answer: writeCache(miss, { ...replied, requestedAtMs }, ports), response: replied.response }
}

/** Only the standards' policy asks with conditions; Amazon's hands the client's own through, and so does a request for a part. */
function toCondition({ question, stale }: CacheMiss): CacheCondition | null {
  if (question.control === null || question.isPartial) return null
  const validators = stale?.validators ?? null
  return { validators: validators?.etag === null && validators.lastModified === null ? null : validators }
}

/** The request to the backend as the cache wants it: whole, or with our own validators. */
export function withCondition(request: IntegrationRequest, condition: CacheCondition | null): IntegrationRequest {
  if (condition === null || request.kind !== 'http') return request
  const { validators } = condition
  return { ...request, headers: validators === null ? withoutConditions(request.headers) : withValidators(request.headers, validators) }
}

/** Whether the backend said that what the cache holds is still good. */
export function saysStillGood(response: IntegrationResponse, condition: CacheCondition | null): boolean {
  return response.statusCode === 304 && condition !== null && condition.validators !== null
}
