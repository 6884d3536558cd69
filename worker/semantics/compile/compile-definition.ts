import type { DeploymentDocument, MethodDocument, ResourceDocument } from '../../../kv-schemas/documents/deployment.ts'
import { HTTP_METHODS } from '../../../kv-schemas/http-methods.ts'
import type { ApiId } from '../../../kv-schemas/ids.ts'
import { DOCUMENT_SCHEMA } from '../../../kv-schemas/keys.ts'
import type { DefinedMethod, DefinedResource, Definition } from '../openapi/definition.ts'
import { toShortId } from '../openapi/short-id.ts'
import type { JsonValue } from '../source/source-node.ts'
import { toValue } from '../source/source-node.ts'
import type { Report } from '../source/report.ts'
import { checkAuthorizers } from './check-authorizers.ts'
import { checkIntegration } from './check-integration.ts'
import { checkGatewayResponse, checkMappings } from './check-mappings.ts'
import { checkMethod } from './check-method.ts'
import { checkedModels, compileModels } from './compile-models.ts'
import { checkPolicy } from './check-policy.ts'
import { checkTemplates } from './check-templates.ts'
import { expandCors } from './expand-cors.ts'
import { dropProxyResponses } from './proxy-responses.ts'
import { checkResourcePaths, splitResourcePath } from './check-resource-paths.ts'
import { toDeploymentId } from './deployment-id.ts'

/**
 * Compiles a definition into a deployment. The one place that calls the checks of every concern: each gets its part of the definition and reports at its place. The
 * result is whole even when problems were reported; it must only be used when the report has no errors.
 */
export async function compileDefinition(written: Definition, apiId: ApiId, report: Report): Promise<DeploymentDocument> {
  const definition = expandCors(dropProxyResponses(written))
  checkResourcePaths(definition.resources, report)
  if (definition.policy !== null) checkPolicy(definition.policy, report)
  checkAuthorizers(definition, report)
  for (const gatewayResponse of definition.gatewayResponses) checkGatewayResponse(gatewayResponse, report)
  const resources = definition.resources.filter((resource) => resource.methods.length > 0)
  if (resources.length === 0 && !report.hasErrors()) report.error(definition.at, "The REST API doesn't contain any methods")
  const content: Omit<DeploymentDocument, 'deploymentId'> = {
    schema: DOCUMENT_SCHEMA,
    apiId,
    name: definition.name,
    apiKeySource: definition.apiKeySource,
    binaryMediaTypes: [...definition.binaryMediaTypes],
    minimumCompressionSize: definition.minimumCompressionSize,
    disableExecuteApiEndpoint: definition.disableExecuteApiEndpoint,
    endpointConfiguration: definition.endpointConfiguration,
    policy: definition.policy === null ? null : toMutable(toValue(definition.policy.node)),
    models: compileModels(definition, report),
    authorizers: Object.fromEntries(definition.authorizers.map(({ name, document }) => [name, { id: toShortId(`${apiId} authorizer ${name}`).slice(-6), ...document }])),
    gatewayResponses: Object.fromEntries(definition.gatewayResponses.map(({ type, document }) => [type, document])),
    resources: resources.map((resource) => compileResource(resource, apiId, report)),
  }
  return { ...content, deploymentId: await toDeploymentId(content) }
}

function compileResource(resource: DefinedResource, apiId: ApiId, report: Report): ResourceDocument {
  const path = `/${splitResourcePath(resource.path).join('/')}`
  const id = toShortId(`${apiId} ${path}`)
  const methods: ResourceDocument['methods'] = {}
  for (const httpMethod of HTTP_METHODS) {
    const method = resource.methods.find((candidate) => candidate.httpMethod === httpMethod)
    const compiled = method === undefined ? null : compileMethod(method, id, report)
    if (compiled !== null) methods[httpMethod] = compiled
  }
  return { id, path, methods }
}

function compileMethod(method: DefinedMethod, resourceId: string, report: Report): MethodDocument | null {
  const { integration } = method
  if (integration === null) {
    if (method.at.node.kind === 'map' && !method.at.node.entries.has('x-amazon-apigateway-integration')) {
      report.error(method.at, 'No integration defined for method: it has no x-amazon-apigateway-integration (`stagedoor import` gives every operation one)')
    }
    return null
  }
  checkMethod(method, report)
  checkIntegration(integration, report)
  checkTemplates(integration, report)
  checkMappings(method, report)
  return { ...method.document, requestModels: checkedModels(method), integration: { ...integration.document, cacheNamespace: integration.document.cacheNamespace ?? resourceId } }
}

/** The schemas' type of JSON is not read-only; the value is the same. */
function toMutable(value: JsonValue): DeploymentDocument['policy'] {
  return value as DeploymentDocument['policy']
}
