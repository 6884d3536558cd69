import type { LinkTarget } from '../../kv-schemas/rule-files/account.ts'
import type { Ports, TakeBody, UpstreamRequest } from '../ports.ts'
import type { HttpRequest, IntegrationResponse, Matched } from './exchange.ts'
import { renderStageVariables } from '../semantics/stages/stage-variables.ts'
import { callResiliently } from './call-resiliently.ts'
import { GatewayRefusal } from './refusal.ts'
import { blameIntegration, refuseOutcome } from './integration-refusals.ts'
import { refuseLargeBody } from './request-body.ts'
import { logBroken, streamBounds } from './stream-bounds.ts'

/** What is taken whole (aws-rest 17), and up to what length a proxied answer is awaited so that a broken one becomes an error, not half an answer. */
const LIMITS = { mappedBytesMax: 10_485_760, awaitedBytesMax: 131_072 } as const

/** Step 11 for HTTP and HTTP_PROXY (aws-rest 6.5). */
export async function integrateHttp(matched: Matched, request: HttpRequest, ports: Ports): Promise<IntegrationResponse> {
  const { integration } = matched.method.document
  const sentAtMs = ports.clock.nowMs()
  const tooLong = matched.body.tooLong()
  const sent: UpstreamRequest = {
    url: request.url,
    method: request.method,
    headers: request.headers,
    body: request.body,
    timeoutMs: integration.timeoutInMillis,
    take: chooseTake(integration),
    onBroken: logBroken(matched, ports),
    signal: tooLong ?? undefined,
    link: findLink(matched),
    ...(integration.responseTransferMode === 'STREAM' ? streamBounds(matched) : null),
  }
  const { outcome, attempts } = hasRules(integration) ? await callResiliently(matched, sent, ports) : { outcome: await ports.upstream.call(sent), attempts: 1 }
  if (outcome.kind !== 'answered') throw tooLong?.aborted === true ? refuseLargeBody() : blameIntegration(refuseOutcome(outcome), { latencyMs: ports.clock.nowMs() - sentAtMs })
  const { response, body } = outcome
  return { statusCode: response.status, headers: response.headers, body, latencyMs: ports.clock.nowMs() - sentAtMs, ...(attempts > 1 ? { attempts } : {}) }
}

/** Rules for failures cost what they cost only where an integration has them. */
function hasRules({ retry, circuitBreaker }: Matched['method']['document']['integration']): boolean {
  return retry !== undefined || circuitBreaker !== undefined
}

/** The link of a private integration, named by a text that may hold stage variables (aws-rest 6.6, 8.3). */
function findLink(matched: Matched): LinkTarget | undefined {
  const { connectionType, connectionId } = matched.method.document.integration
  if (connectionType !== 'VPC_LINK') return undefined
  const name = renderStageVariables(connectionId ?? '', matched.stageVariables)
  const { links } = matched.account
  const link = Object.hasOwn(links, name) ? links[name] : undefined
  if (link === undefined) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `Invalid Vpc Link identifier specified: account.json has no link ${JSON.stringify(name)}` })
  return link
}

/** An answer that is mapped is read whole; a proxied one flows, but for small ones. */
function chooseTake(integration: Matched['method']['document']['integration']): TakeBody {
  if (integration.type === 'HTTP') return { wholeUpToBytes: LIMITS.mappedBytesMax, beyond: 'fails' }
  if (integration.responseTransferMode === 'STREAM') return 'flowing'
  return { wholeUpToBytes: LIMITS.awaitedBytesMax, beyond: 'flows' }
}
