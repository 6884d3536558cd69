import type { IntegrationDocument } from '../../kv-schemas/documents/deployment.ts'
import { compileUri, renderUri } from '../../worker/semantics/integrations/uri-template.ts'
import { parseExpression } from '../../worker/semantics/mapping/expression.ts'
import type { ExplainedIntegration } from './explanation.ts'

/** What of a request is known offline. */
export interface KnownOfRequest {
  readonly httpMethod: string
  readonly pathParameters: Readonly<Record<string, string>>
  readonly stageVariables: Readonly<Record<string, string>>
}

/** Says what would be called, with everything put in that the URL and the stage decide. */
export function explainIntegration(integration: IntegrationDocument, known: KnownOfRequest): ExplainedIntegration {
  const { type, uri, timeoutInMillis } = integration
  return {
    type,
    httpMethod: integration.httpMethod === 'ANY' ? known.httpMethod : integration.httpMethod,
    uri: uri === null || type === 'MOCK' ? null : renderUri(compileUri(uri), mappedPath(integration, known), known.stageVariables),
    timeoutInMillis,
  }
}

/** Values of the URI's placeholders, as far as a path, a literal or a stage variable gives them (aws-rest 5.1). */
function mappedPath({ requestParameters }: IntegrationDocument, { pathParameters, stageVariables }: KnownOfRequest): Readonly<Record<string, string>> {
  const values = Object.entries(requestParameters).flatMap(([target, text]): [string, string][] => {
    const name = /^integration\.request\.path\.(.+)$/u.exec(target)?.[1]
    const expression = parseExpression(text, 'integration-request')
    if (name === undefined || expression === null) return []
    if (expression.source === 'literal') return [[name, expression.text]]
    if (expression.source === 'stageVariables') return [[name, stageVariables[expression.name] ?? '']]
    const value = expression.source === 'request' && expression.location === 'path' ? pathParameters[expression.name] : undefined
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(values)
}
