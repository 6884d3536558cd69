import type { IntegrationDocument, IntegrationResponseDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { DefinedIntegration, Definition } from '../openapi/definition.ts'

/** The default answer of an integration that says nothing of it. */
export const EMPTY_ANSWER: IntegrationResponseDocument = { selectionPattern: null, statusCode: '200', responseParameters: {}, responseTemplates: {}, contentHandling: null }

/** Whether an integration hands its backend's answer through. */
export function isProxy(type: IntegrationDocument['type']): boolean {
  return type === 'HTTP_PROXY' || type === 'AWS_PROXY'
}

/** Leaves out the integration responses of proxies, which Amazon ignores (aws-rest 5.2); only the content handling of the default one counts. */
export function dropProxyResponses(definition: Definition): Definition {
  const resources = definition.resources.map((resource) => ({
    ...resource,
    methods: resource.methods.map((method) => (method.integration === null ? method : { ...method, integration: dropResponses(method.integration) })),
  }))
  return { ...definition, resources }
}

function dropResponses(integration: DefinedIntegration): DefinedIntegration {
  const { document } = integration
  if (!isProxy(document.type)) return integration
  const { contentHandling } = document.integrationResponses.find(({ selectionPattern }) => selectionPattern === null) ?? EMPTY_ANSWER
  return { ...integration, document: { ...document, integrationResponses: contentHandling === null ? [] : [{ ...EMPTY_ANSWER, contentHandling }] } }
}
