import type { Ports } from '../ports.ts'
import type { MethodResponse, Reached } from './exchange.ts'
import { integrate } from './integrate.ts'
import { mapRequest } from './map-request.ts'
import { mapResponse } from './map-response.ts'
import { matchMethod } from './match-method.ts'
import { checkSize, receive } from './receive.ts'
import { record } from './record.ts'
import { resolveStage } from './resolve-stage.ts'
import { refuse, respond } from './respond.ts'
import { validate } from './validate.ts'

/**
 * START HERE. A request goes down this function, step by step; each step returns what it proved and the next one builds on it.
 * A step says no by throwing a refusal; only this function catches. README.md beside this file tells the life of a request.
 */
export async function handle(request: Request, ports: Ports): Promise<Response> {
  const received = receive(request, ports)
  let reached: Reached = received
  let answer: MethodResponse
  try {
    checkSize(received)
    const resolved = (reached = await resolveStage(received, ports))
    const matched = (reached = matchMethod(resolved))
    await validate(matched)
    const integrationRequest = await mapRequest(matched)
    const integrationResponse = await integrate(matched, integrationRequest, ports)
    answer = await mapResponse(matched, integrationRequest, integrationResponse)
    const response = respond(matched, answer)
    record(reached, response, { integrationLatencyMs: integrationResponse.latencyMs }, ports)
    return response
  } catch (error) {
    const { response, error: refusal } = refuse(reached, error)
    record(reached, response, { refusal }, ports)
    return response
  }
}
