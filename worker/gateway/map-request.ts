import type { IntegrationRequest, Matched } from './exchange.ts'
import { mapFunctionProxy } from './map-function-proxy.ts'
import { mapHttp, mapHttpProxy } from './map-http.ts'
import { mapMock } from './map-mock.ts'
import { GatewayRefusal } from './refusal.ts'

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
      throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `integrations of type ${integration.type} do not work yet` })
    case 'AWS_PROXY':
      return mapFunctionProxy(matched)
    default:
      return integration.type satisfies never
  }
}
