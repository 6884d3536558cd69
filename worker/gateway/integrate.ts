import type { Awaitable } from '../awaitable.ts'
import type { Ports } from '../ports.ts'
import type { IntegrationRequest, IntegrationResponse, Matched } from './exchange.ts'
import { integrateFunction, integrateFunctionProxy } from './integrate-function.ts'
import { integrateFunctionStream } from './integrate-function-stream.ts'
import { integrateHttp } from './integrate-http.ts'
import { integrateService } from './integrate-service.ts'

/** Step 11. Calls the backend. */
export function integrate(matched: Matched, request: IntegrationRequest, ports: Ports): Awaitable<IntegrationResponse> {
  switch (request.kind) {
    case 'http':
      return integrateHttp(matched, request, ports)
    case 'mock':
      return { statusCode: request.statusCode, headers: new Headers(), body: null, latencyMs: 0 }
    case 'function-proxy':
      return request.isStreaming ? integrateFunctionStream(matched, request.call, ports) : integrateFunctionProxy(matched, request.call, ports)
    case 'function':
      return integrateFunction(request.call, ports)
    case 'service':
      return integrateService(matched, request, ports)
    default:
      return request satisfies never
  }
}
