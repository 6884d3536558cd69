import type { HttpMethod, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { compileUri, type UriTemplate } from '../integrations/uri-template.ts'

/** A method with everything prepared that a request would otherwise work out: made at its first use in an isolate, then kept. */
export interface ReadyMethod {
  readonly resourceId: string
  readonly resourcePath: string
  /** As declared: `ANY` where the definition says so. */
  readonly httpMethod: HttpMethod
  readonly document: MethodDocument
  /** The integration's address; null for a mock. */
  readonly uri: UriTemplate | null
}

/** Prepares a method of a checked deployment; cannot fail. */
export function toReadyMethod(resource: { readonly id: string; readonly path: string }, httpMethod: HttpMethod, document: MethodDocument): ReadyMethod {
  return {
    resourceId: resource.id,
    resourcePath: resource.path,
    httpMethod,
    document,
    uri: document.integration.uri === null ? null : compileUri(document.integration.uri),
  }
}
