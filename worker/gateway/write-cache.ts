import type { Bytes, FillResult, Ports } from '../ports.ts'
import { parseCacheTags } from '../semantics/caching/cache-tags.ts'
import type { CacheStatus } from '../semantics/caching/cache-status.ts'
import type { FillEnd } from '../semantics/caching/coalescing.ts'
import type { CachedAnswer } from '../semantics/caching/entry.ts'
import { GATEWAY_RESPONSES } from '../semantics/gateway-responses/catalog.ts'
import { LIMITS } from '../semantics/caching/limits.ts'
import { judgeHttpStorage, judgeStorage, type Lifetime, type Storage } from '../semantics/caching/storage.ts'
import { toProxyResponseHeaders } from '../semantics/integrations/response-headers.ts'
import { toValidators, updateHeaders } from '../semantics/caching/validators.ts'
import { parseVary } from '../semantics/caching/vary.ts'
import { toVariantPlace } from './cache-place.ts'
import { forkBody } from './collect-body.ts'
import type { IntegrationResponse, MethodResponse } from './exchange.ts'
import type { CacheMiss, CacheQuestion } from './read-cache.ts'
import { GatewayRefusal } from './refusal.ts'
import { addCacheHeaders, renderStaleIfError, renderStored } from './render-cached.ts'

/** What the backend gave, what the mapping made of it, and when it was asked. */
export interface Asked {
  readonly response: IntegrationResponse
  readonly answer: MethodResponse
  readonly isStillGood: boolean
  readonly requestedAtMs: number
}

/** Step 13. Keeps the answer where it may be kept, gives it to those who wait for it, and hands it to the client, whom none of that delays. */
export function writeCache(miss: CacheMiss, asked: Asked, ports: Ports): MethodResponse {
  const { answer } = asked
  if (asked.isStillGood) return keepRefreshed(miss, asked, ports)
  if (answer.statusCode >= 500 || asked.response.statusCode >= 500) return passFailure(miss, asked, answer, ports)
  const storage = judge(miss, asked, answer.headers)
  return storage.kind === 'store' ? keep(miss, asked, answer, storage.lifetime, ports) : passBy(miss, asked, answer, storage.reason, ports)
}

/** The backend gave no answer at all: what is stale serves if it may, and those who wait hear of the failure once, not each from the backend. */
export function giveUp(miss: CacheMiss, cause: unknown, ports: Ports): MethodResponse {
  if (blamesClient(cause)) {
    // The next of those who wait tries: what is wrong with this request need not be wrong with theirs.
    end(miss, { kind: 'again' }, 'lost')
    throw cause
  }
  const stale = servesOnError(miss, ports)
  if (stale === null) {
    end(miss, { kind: 'failed', cause }, 'shared')
    throw cause
  }
  end(miss, { kind: 'answer', answer: stale, place: miss.place }, 'shared')
  return renderStaleIfError(miss.question, stale, { statusCode: null, nowMs: ports.clock.nowMs() })
}

function blamesClient(cause: unknown): boolean {
  return cause instanceof GatewayRefusal && GATEWAY_RESPONSES[cause.type].blame === 'client'
}

function judge({ question }: CacheMiss, asked: Asked, answerHeaders: Headers): Storage {
  const { matched, control } = question
  const { headers, statusCode } = asked.response
  if (matched.httpMethod === 'HEAD') return { kind: 'pass', reason: 'head' }
  if (question.isPartial) return { kind: 'pass', reason: 'range' }
  if (/^text\/event-stream\b/iu.test(answerHeaders.get('content-type') ?? '')) return { kind: 'pass', reason: 'event-stream' }
  if (Number(headers.get('content-length') ?? 0) > LIMITS.entryBodyBytesMax) return { kind: 'pass', reason: 'too-large' }
  const arrival = { statusCode, headers, setsCookie: headers.has('set-cookie') || answerHeaders.has('set-cookie'), ttlSeconds: matched.settings.cacheTtlInSeconds }
  if (control === null) return judgeStorage(arrival)
  if (varyOf(asked) === null) return { kind: 'pass', reason: 'vary' }
  return judgeHttpStorage({
    ...arrival,
    requestHasAuthorization: matched.request.headers.has('authorization'),
    requestNoStore: control.noStore,
    requestedAtMs: asked.requestedAtMs,
    receivedAtMs: asked.requestedAtMs + asked.response.latencyMs,
  })
}

function keep(miss: CacheMiss, asked: Asked, answer: MethodResponse, lifetime: Lifetime, ports: Ports): MethodResponse {
  const { forClient, whole } = forkBody(answer.body, LIMITS.entryBodyBytesMax)
  const headers = toStoredHeaders(answer.headers, whole instanceof Promise)
  const store = (body: Bytes | null): void => {
    if (body === null) return end(miss, NOTHING, 'uncacheable')
    if (isCutOff(asked, body)) return end(miss, NOTHING, 'lost')
    return put(miss, asked, toCachedAnswer(asked, { statusCode: answer.statusCode, headers, body, lifetime, nowMs: ports.clock.nowMs() }), ports)
  }
  if (whole instanceof Promise) ports.defer(whole.then(store))
  else store(whole)
  const status = forwarded(miss, { forwardStatus: asked.response.statusCode, ttlSeconds: lifetime.freshSeconds, isStored: whole !== null, detail: whole === null ? 'too-large' : null })
  return toClient(miss, { ...answer, body: forClient }, status)
}

/** Writes an answer to its place, and gives it to those who wait; but not one that the backend must be asked about before each use. */
function put(miss: CacheMiss, asked: Asked, cached: CachedAnswer, ports: Ports): void {
  const { question } = miss
  const names = question.control === null ? [] : variedNames(question, asked, ports)
  const place = question.control === null ? miss.place : toVariantPlace(question.base, names, question.matched.request.headers)
  if (names.length > 0) ports.cache.write(question.base, { kind: 'vary', names, keepUntilMs: cached.keepUntilMs })
  ports.cache.write(place, cached)
  if (cached.freshUntilMs > cached.storedAtMs) end(miss, { kind: 'answer', answer: cached, place }, 'stored')
  else end(miss, NOTHING, 'uncacheable')
}

/** The headers that answers under the key vary by: those known so far, and those of this answer. */
function variedNames({ base }: CacheQuestion, asked: Asked, ports: Ports): readonly string[] {
  const held = ports.cache.peek(base)
  const known = held?.kind === 'vary' ? held.names : []
  const named = varyOf(asked) ?? []
  return parseVary([...known, ...named].join()) ?? named
}

/** The backend said that what went stale is still good: it lives again, with the headers that came (RFC 9111 section 4.3.4). */
function keepRefreshed(miss: CacheMiss, asked: Asked, ports: Ports): MethodResponse {
  const { question, stale } = miss
  const isProxy = question.matched.method.document.integration.type === 'HTTP_PROXY'
  const news = isProxy ? toProxyResponseHeaders(asked.response.headers, 'http') : new Headers()
  const headers = updateHeaders(stale?.headers ?? new Headers(), news)
  const statusCode = stale?.statusCode ?? asked.response.statusCode
  const refreshed: Asked = { ...asked, response: { ...asked.response, statusCode, headers: updateHeaders(headers, asked.response.headers) } }
  const storage = judge(miss, refreshed, headers)
  const lifetime = storage.kind === 'store' ? storage.lifetime : NO_LIFETIME
  const nowMs = ports.clock.nowMs()
  const cached = toCachedAnswer(refreshed, { statusCode, headers, body: stale?.body ?? new Uint8Array(0), lifetime, nowMs })
  if (storage.kind === 'store') put(miss, refreshed, cached, ports)
  else end(miss, NOTHING, 'uncacheable')
  const status = forwarded(miss, { forwardStatus: asked.response.statusCode, ttlSeconds: lifetime.freshSeconds, isStored: storage.kind === 'store', detail: null })
  return renderStored(question, cached, status, nowMs)
}

function passBy(miss: CacheMiss, asked: Asked, answer: MethodResponse, reason: string, ports: Ports): MethodResponse {
  end(miss, { kind: 'nothing' }, 'uncacheable')
  // Who may ask for a new answer gets it, and so do the others from now on: what stood here before is outdated.
  if (miss.question.invalidation === 'granted') ports.cache.remove(miss.place)
  return toClient(miss, answer, forwarded(miss, { forwardStatus: asked.response.statusCode, ttlSeconds: null, isStored: false, detail: reason }))
}

/** A failure of the backend is not stored. Those who wait get it too, so that a backend in trouble is not asked by each of them. */
function passFailure(miss: CacheMiss, asked: Asked, answer: MethodResponse, ports: Ports): MethodResponse {
  const stale = servesOnError(miss, ports)
  const nowMs = ports.clock.nowMs()
  if (stale !== null) {
    if (answer.body instanceof ReadableStream) ports.defer(answer.body.cancel())
    end(miss, { kind: 'answer', answer: stale, place: miss.place }, 'shared')
    return renderStaleIfError(miss.question, stale, { statusCode: asked.response.statusCode, nowMs })
  }
  const status = forwarded(miss, { forwardStatus: asked.response.statusCode, ttlSeconds: null, isStored: false, detail: `status-${answer.statusCode}` })
  if (miss.fill === null) return toClient(miss, answer, status)
  const { forClient, whole } = forkBody(answer.body, LIMITS.entryBodyBytesMax)
  const headers = toStoredHeaders(answer.headers, whole instanceof Promise)
  const share = (body: Bytes | null): void => {
    if (body === null || headers.has('set-cookie') || isCutOff(asked, body)) return end(miss, NOTHING, 'lost')
    const failure = toCachedAnswer(asked, { statusCode: answer.statusCode, headers, body, lifetime: NO_LIFETIME, nowMs })
    return end(miss, { kind: 'answer', answer: failure, place: miss.place }, 'shared')
  }
  if (whole instanceof Promise) ports.defer(whole.then(share))
  else share(whole)
  return toClient(miss, { ...answer, body: forClient }, status)
}

/** What may serve in the place of a failure: not to a client that asked for a new answer. Only under the standards' policy is anything kept for that. */
function servesOnError({ stale, reason }: CacheMiss, ports: Ports): CachedAnswer | null {
  return stale !== null && reason !== 'request' && ports.clock.nowMs() < stale.staleIfErrorUntilMs ? stale : null
}

const NOTHING: FillResult = { kind: 'nothing' }
const NO_LIFETIME: Lifetime = { initialAgeSeconds: 0, freshSeconds: 0, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0, keepSeconds: 0, mustRevalidate: true }

function end({ fill }: CacheMiss, result: FillResult, how: FillEnd): void {
  fill?.finish(result, how)
}

function varyOf(asked: Asked): readonly string[] | null {
  return parseVary(asked.response.headers.get('vary'))
}

/** Whether the body is shorter or longer than the backend said: the connection broke in a way that the runtime did not tell. What a mapping made has a length of its own. */
function isCutOff({ response, answer }: Asked, body: Bytes): boolean {
  if (answer.body !== response.body) return false
  const declared = response.headers.get('content-length')
  return declared !== null && !response.headers.has('content-encoding') && Number(declared) !== body.byteLength
}

/** What belongs to one request or one connection and not to the answer, and what the gateway keeps to itself. */
const NOT_STORED = ['age', 'cache-tag', 'x-amzn-trace-id', 'x-amzn-requestid', 'x-amz-apigw-id', 'x-amzn-remapped-content-length', 'x-amzn-remapped-date'] as const

/** The headers to keep. A body that flowed through the runtime was decoded on its way. */
function toStoredHeaders(headers: Headers, isDecoded: boolean): Headers {
  const stored = new Headers(headers)
  for (const name of NOT_STORED) stored.delete(name)
  if (isDecoded) stored.delete('content-encoding')
  return stored
}

interface CachedParts {
  readonly statusCode: number
  readonly headers: Headers
  readonly body: Bytes
  readonly lifetime: Lifetime
  readonly nowMs: number
}

function toCachedAnswer(asked: Asked, { statusCode, headers, body, lifetime, nowMs }: CachedParts): CachedAnswer {
  const freshUntilMs = nowMs + lifetime.freshSeconds * 1000
  return {
    kind: 'answer',
    statusCode,
    headers,
    body,
    requestedAtMs: asked.requestedAtMs,
    storedAtMs: nowMs,
    initialAgeSeconds: lifetime.initialAgeSeconds,
    freshUntilMs,
    staleWhileRevalidateUntilMs: freshUntilMs + lifetime.staleWhileRevalidateSeconds * 1000,
    staleIfErrorUntilMs: freshUntilMs + lifetime.staleIfErrorSeconds * 1000,
    keepUntilMs: nowMs + lifetime.keepSeconds * 1000,
    mustRevalidate: lifetime.mustRevalidate,
    validators: toValidators(asked.response.headers),
    tags: parseCacheTags(asked.response.headers.get('cache-tag')),
  }
}

function forwarded(miss: CacheMiss, parts: Pick<CacheStatus & { kind: 'forwarded' }, 'forwardStatus' | 'ttlSeconds' | 'isStored' | 'detail'>): CacheStatus {
  return { kind: 'forwarded', reason: miss.reason, isCollapsed: false, ...parts }
}

function toClient({ question }: CacheMiss, answer: MethodResponse, status: CacheStatus): MethodResponse {
  answer.headers.delete('cache-tag')
  addCacheHeaders(answer.headers, question, status)
  return answer
}
