import type { Ports } from '../ports.ts'
import type { Matched } from './exchange.ts'

/** How long a streaming answer may stand still: 30 seconds at the edge, five minutes in a region (aws-rest 6.10). */
const IDLE_MS = { EDGE: 30_000, REGIONAL: 300_000, PRIVATE: 300_000 } as const

/** The bounds of a streaming answer, in milliseconds. */
export function streamBounds(matched: Matched): { readonly idleMs: number; readonly totalMs: number } {
  return { idleMs: IDLE_MS[matched.deployment.document.endpointConfiguration.type], totalMs: matched.method.document.integration.timeoutInMillis }
}

/** Writes that a body broke off after its headers had gone to the client: the one failure that no status can tell. */
export function logBroken(matched: Matched, ports: Ports): (cause: string) => void {
  return (cause) => ports.log.write({ level: 'error', requestId: matched.requestId, message: "the backend's answer broke off", cause })
}
