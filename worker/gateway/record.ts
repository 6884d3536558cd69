import type { Ports } from '../ports.ts'
import { renderAccessLog } from '../semantics/access-log/access-log.ts'
import { toLoggedContext } from './context-variables.ts'
import type { Reached } from './exchange.ts'
import type { RefusalNote } from './respond.ts'
import type { CacheNote } from './through-cache.ts'

/** What the answer's making told, beyond the request. */
export interface Outcome {
  readonly integrationLatencyMs?: number | undefined
  /** How often the backend was asked, where a rule of retries made it more than once. */
  readonly integrationAttempts?: number | undefined
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
    integrationLatency: outcome.integrationLatencyMs,
    integrationAttempts: outcome.integrationAttempts,
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
  const { refusal, integrationLatencyMs } = outcome
  const context = toLoggedContext(reached, {
    status: response.status,
    responseLatency,
    responseLength: response.headers.get('content-length'),
    ...(integrationLatencyMs === undefined ? {} : { integrationLatency: integrationLatencyMs, integration: { latency: integrationLatencyMs } }),
    ...(refusal === undefined ? {} : { error: { message: refusal.message, messageString: JSON.stringify(refusal.message), responseType: refusal.responseType, validationErrorString: refusal.validationErrorString } }),
    ...(reached.customDomain === undefined || reached.customDomain === null ? {} : { customDomain: { basePathMatched: reached.customDomain.basePathMatched } }),
    ...(reached.deployment === undefined ? {} : { endpointType: reached.deployment.document.endpointConfiguration.type }),
    xrayTraceId: reached.traceId,
  })
  return renderAccessLog(format, context)
}
