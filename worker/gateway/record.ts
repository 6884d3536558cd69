import type { Ports } from '../ports.ts'
import type { ContextMap } from '../semantics/mapping/context-value.ts'
import { renderAccessLog } from '../semantics/access-log/access-log.ts'
import { toAccessVariables } from './access-variables.ts'
import { toLoggedContext } from './context-variables.ts'
import type { IntegrationResponse, MethodResponse, Reached } from './exchange.ts'
import type { IntegrationNote } from './refusal.ts'
import type { RefusalNote } from './respond.ts'
import type { CacheNote } from './through-cache.ts'

/** What the answer's making told, beyond the request. */
export interface Outcome {
  /** Absent, or null, when the backend was not asked or gave no answer. */
  readonly response?: IntegrationResponse | null
  readonly answer?: MethodResponse
  readonly refusal?: RefusalNote
  /** Of a cached method: what the cache did. */
  readonly cache?: CacheNote | undefined
}

/** Step 15. One structured line a request; always runs, last, and never delays the answer. */
export function record(reached: Reached, response: Response, outcome: Outcome, ports: Ports): void {
  const responseLatency = ports.clock.nowMs() - reached.receivedAtMs
  ports.log.write({
    requestId: reached.requestId,
    apiId: reached.deployment?.document.apiId,
    stage: reached.stage?.document.stageName,
    deploymentId: reached.deployment?.document.deploymentId,
    httpMethod: reached.httpMethod,
    path: reached.contextPath ?? reached.fullPath,
    resourcePath: reached.method?.resourcePath,
    status: response.status,
    responseLatency,
    integrationLatency: outcome.response?.latencyMs ?? outcome.refusal?.integration?.latencyMs,
    integrationAttempts: outcome.response?.attempts,
    cacheResult: outcome.cache?.result,
    cacheTier: outcome.cache?.tier ?? undefined,
    cacheLatency: outcome.cache?.latencyMs,
    sourceIp: reached.sourceIp,
    errorType: outcome.refusal?.responseType,
    errorMessage: outcome.refusal?.message ?? undefined,
    cause: outcome.refusal?.note ?? undefined,
    accessLog: toAccessLog(reached, response, outcome, responseLatency),
  })
}

/** The stage's own line (aws-rest 15.1); undefined when it wants none. */
function toAccessLog(reached: Reached, response: Response, outcome: Outcome, responseLatency: number): string | undefined {
  const format = reached.stage?.accessLog ?? null
  if (format === null) return undefined
  const { refusal } = outcome
  const context = toLoggedContext(reached, {
    status: response.status,
    responseLatency,
    responseLength: lengthOf(response, outcome),
    ...toIntegrationVariables(reached, outcome),
    ...(refusal === undefined ? {} : { error: { message: refusal.message, messageString: JSON.stringify(refusal.message), responseType: refusal.responseType, validationErrorString: refusal.validationErrorString } }),
    ...(reached.customDomain === undefined || reached.customDomain === null ? {} : { customDomain: { basePathMatched: reached.customDomain.basePathMatched } }),
    ...(reached.deployment === undefined ? {} : { endpointType: reached.deployment.document.endpointConfiguration.type }),
    xrayTraceId: reached.traceId,
    ...toAccessVariables(reached, refusal ?? null),
  })
  return renderAccessLog(format, context)
}

/** How long the answer's body is, in bytes; null when nobody knows yet. */
function lengthOf(response: Response, { answer, refusal }: Outcome): number | string | null {
  if (response.body === null) return 0
  if (refusal !== undefined) return new TextEncoder().encode(refusal.body).byteLength
  const body = response.headers.has('content-encoding') ? undefined : answer?.body
  if (typeof body === 'string') return new TextEncoder().encode(body).byteLength
  return body instanceof Uint8Array ? body.byteLength : response.headers.get('content-length')
}

/**
 * The backend's part (aws-rest 15.1): `integrationStatus` is that of the service, which for a function is Lambda's own; `integration.status` is what the backend's code gave.
 * Each value stands under the older name and under `integration`.
 */
function toIntegrationVariables(reached: Reached, outcome: Outcome): ContextMap {
  const known = noteOf(outcome)
  if (known === null) return {}
  const isStreaming = reached.method?.document.integration.responseTransferMode === 'STREAM'
  return {
    integrationLatency: known.latencyMs,
    integrationStatus: known.integrationStatus,
    integrationErrorMessage: known.error,
    awsEndpointRequestId: known.requestId,
    integration: {
      error: known.error,
      integrationStatus: known.integrationStatus,
      latency: known.latencyMs,
      requestId: known.requestId,
      status: known.status,
      responseTransferMode: reached.method?.document.integration.responseTransferMode,
      timeToAllHeaders: isStreaming ? known.latencyMs : undefined,
    },
  }
}

function noteOf({ response, refusal }: Outcome): IntegrationNote | null {
  if (response === undefined || response === null) return refusal?.integration ?? null
  const { latencyMs, statusCode, integrationStatus, endpointRequestId } = response
  return { latencyMs, status: statusCode, integrationStatus: integrationStatus ?? statusCode, ...(endpointRequestId === undefined ? {} : { requestId: endpointRequestId }) }
}
