import type { Ports } from '../ports.ts'
import type { Reached } from './exchange.ts'
import type { RefusalNote } from './respond.ts'

/** What the answer's making told, beyond the request. */
export interface Outcome {
  readonly integrationLatencyMs?: number
  readonly refusal?: RefusalNote
}

/** Step 15. One structured line a request; always runs, last, and never delays the answer. */
export function record(reached: Reached, response: Response, outcome: Outcome, ports: Ports): void {
  ports.log.write({
    requestId: reached.requestId,
    apiId: reached.deployment?.document.apiId,
    stage: reached.stage?.document.stageName,
    deploymentId: reached.deployment?.document.deploymentId,
    httpMethod: reached.httpMethod,
    path: reached.contextPath ?? reached.fullPath,
    resourcePath: reached.method?.resourcePath,
    status: response.status,
    responseLatency: ports.clock.nowMs() - reached.receivedAtMs,
    integrationLatency: outcome.integrationLatencyMs,
    sourceIp: reached.sourceIp,
    errorType: outcome.refusal?.responseType,
    errorMessage: outcome.refusal?.message ?? undefined,
    cause: outcome.refusal?.note ?? undefined,
  })
}
