import type { Ports } from '../ports.ts'
import { authorize } from './authorize.ts'
import { isCached } from './cache-place.ts'
import { checkApiKey } from './check-api-key.ts'
import { checkPolicy } from './check-policy.ts'
import type { Matched, Reached } from './exchange.ts'
import { filterRequest } from './filter-request.ts'
import { forgetChanged } from './forget-changed.ts'
import { integrate } from './integrate.ts'
import { mapRequest } from './map-request.ts'
import { mapResponse } from './map-response.ts'
import { matchMethod } from './match-method.ts'
import { checkSize, receive } from './receive.ts'
import { record } from './record.ts'
import { resolveStage } from './resolve-stage.ts'
import { refuse, respond } from './respond.ts'
import { answerThroughCache, saysStillGood, withCondition, type AskBackend, type CacheCondition, type Replied } from './through-cache.ts'
import { throttle } from './throttle.ts'
import { validate } from './validate.ts'

/**
 * START HERE. A request goes down this function, step by step; each step returns what it proved and the next one builds on it.
 * A step says no by throwing a refusal; only this function catches. README.md beside this file tells the life of a request.
 */
export async function handle(request: Request, ports: Ports): Promise<Response> {
  const received = receive(request, ports)
  let reached: Reached = received
  try {
    checkSize(received)
    const resolved = (reached = await resolveStage(received, ports))
    if (resolved.stage.filter !== null) await filterRequest(resolved, ports)
    const matched = (reached = await matchMethod(resolved))
    const guarded = (reached = checkPolicy(matched))
    const authorized = (reached = await authorize(guarded, ports))
    const keyed = (reached = await checkApiKey(authorized, ports))
    const throttled = (reached = await throttle(keyed, ports))
    await validate(throttled)
    const ask: AskBackend = (condition) => askBackend(throttled, condition, ports)
    const answered = isCached(throttled) ? await answerThroughCache(throttled, ask, ports) : await ask(null)
    if (answered.response !== null) forgetChanged(throttled, answered.answer, ports)
    const response = await respond(throttled, answered.answer)
    record(reached, response, answered, ports)
    return response
  } catch (error) {
    const { response, error: refusal } = refuse(reached, error)
    record(reached, response, { refusal }, ports)
    return response
  }
}

/** Steps 10 to 12: asks the backend, on the cache's conditions where the method is cached. */
async function askBackend(matched: Matched, condition: CacheCondition | null, ports: Ports): Promise<Replied> {
  const integrationRequest = withCondition(await mapRequest(matched), condition)
  const response = await integrate(matched, integrationRequest, ports)
  const isStillGood = saysStillGood(response, condition)
  return { response, isStillGood, answer: isStillGood ? { ...response } : await mapResponse(matched, integrationRequest, response) }
}
