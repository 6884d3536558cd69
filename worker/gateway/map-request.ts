import type { IntegrationRequest, Matched } from './exchange.ts'
import { mapFunctionProxy } from './map-function-proxy.ts'
import { mapHttp, mapHttpProxy } from './map-http.ts'
import { mapMock } from './map-mock.ts'
import { mapService } from './map-service.ts'

/** Step 10. Turns the client's request into the backend's. */
export function mapRequest(matched: Matched): IntegrationRequest | Promise<IntegrationRequest> {
  const { integration } = matched.method.document
  switch (integration.type) {
    case 'HTTP_PROXY':
      return mapHttpProxy(matched)
    case 'HTTP':
      return mapHttp(matched)
    case 'MOCK':
      return mapMock(matched)
    case 'AWS':
      return mapService(matched)
    case 'AWS_PROXY':
      return mapFunctionProxy(matched)
    default:
      return integration.type satisfies never
  }
}
