import type { EndpointAddress } from './endpoint.ts'

/** A request to an AWS service before it is signed. */
export interface ServiceRequest {
  readonly address: EndpointAddress
  readonly method: string
  /** Path and query, beginning with a slash. */
  readonly target: string
  readonly headers: Headers
  readonly body: string | Uint8Array<ArrayBuffer> | null
}
