import type { Ports } from '../ports.ts'
import { receive } from './receive.ts'
import { resolveStage } from './resolve-stage.ts'
import { addOrigin, refuse } from './respond.ts'

/**
 * Says which deployment would answer a request, and calls nothing: no authorizer, no backend, no log. It goes the first two steps of the request path, with the same
 * rules in memory, so what it says is what `handle` would do.
 */
export async function probe(request: Request, ports: Ports): Promise<Response> {
  const received = receive(request, ports)
  try {
    const headers = new Headers()
    addOrigin(headers, await resolveStage(received, ports))
    return new Response(null, { status: 204, headers })
  } catch (error) {
    return refuse(received, error).response
  }
}
