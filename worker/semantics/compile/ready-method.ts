import type { DeploymentDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { HttpMethod } from '../../../kv-schemas/http-methods.ts'
import { compileKeySources, type KeySource } from '../caching/key-sources.ts'
import { compileResponses, type ReadyResponse } from '../integrations/ready-responses.ts'
import { compileTemplates, type ReadyTemplates } from '../integrations/ready-templates.ts'
import { compileUri, type UriTemplate } from '../integrations/uri-template.ts'
import { compileMapping, type ReadyMapping } from '../mapping/ready-mapping.ts'
import { compileValidation, type ReadyValidation } from '../validation/ready-validation.ts'
import type { PlacedMethod } from './deployment-text.ts'

/** A method with everything prepared that a request would otherwise work out: made at its first use in an isolate, then kept. */
export interface ReadyMethod {
  readonly resourceId: string
  readonly resourcePath: string
  /** As declared: `ANY` where the definition says so. */
  readonly httpMethod: HttpMethod
  readonly document: MethodDocument
  /** The integration's address; null for a mock. */
  readonly uri: UriTemplate | null
  /** What is checked before the integration; null when the method has no validator. */
  readonly validation: ReadyValidation | null
  /** The integration's parameter mappings; null when there are none. */
  readonly requestMapping: ReadyMapping | null
  /** The integration's request templates; null when there are none. */
  readonly requestTemplates: ReadyTemplates | null
  /** The answers of the integration; of a proxy at most the default one. */
  readonly responses: readonly ReadyResponse[]
  /** Where the parameters of its cache key come from. */
  readonly keySources: readonly KeySource[]
}

/** Prepares a method of a checked deployment; cannot fail. Proxies have no templates (aws-rest 5.2). */
export function toReadyMethod({ resource, httpMethod, document }: PlacedMethod, models: DeploymentDocument['models']): ReadyMethod {
  const { integration } = document
  const isProxy = integration.type === 'HTTP_PROXY' || integration.type === 'AWS_PROXY'
  return {
    resourceId: resource.id,
    resourcePath: resource.path,
    httpMethod,
    document,
    uri: integration.uri === null ? null : compileUri(integration.uri),
    validation: compileValidation(document, models),
    requestMapping: compileMapping(integration.requestParameters, 'integration-request'),
    requestTemplates: isProxy ? null : compileTemplates(integration.requestTemplates),
    responses: compileResponses(integration.integrationResponses),
    keySources: compileKeySources(integration),
  }
}
