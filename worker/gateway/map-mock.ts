import { toText } from '../semantics/integrations/content-handling.ts'
import { parseMockStatus } from '../semantics/integrations/mock-status.ts'
import type { IntegrationRequest, Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'
import { transformRequest } from './transform-request.ts'

/** Step 10 for MOCK: the request template, or the body when none takes it, says the status (aws-rest 6.7). */
export async function mapMock(matched: Matched): Promise<IntegrationRequest> {
  const { body, overrides } = await transformRequest(matched)
  const statusCode = parseMockStatus(typeof body === 'string' ? body : toText(body))
  if (statusCode !== null) return { kind: 'mock', statusCode, overrides }
  throw new GatewayRefusal('API_CONFIGURATION_ERROR', {
    note: 'Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.',
  })
}
