import type { JsonValue } from '../source/source-node.ts'
import type { Answer } from './answer-of.ts'
import type { PlannedPath } from './plan-paths.ts'

/** Where a document's operations are served. */
export type Backend = { readonly kind: 'upstream'; readonly url: string } | { readonly kind: 'mock' } | { readonly kind: 'none' }

/** An integration that passes requests on to the same path of a backend (aws-rest 6.5). */
export function proxyIntegration(url: string, httpMethod: string, planned: PlannedPath): JsonValue {
  const mappings = planned.variables.map((name) => [`integration.request.path.${name}`, `method.request.path.${name}`])
  return {
    type: 'http_proxy',
    httpMethod: httpMethod === 'x-amazon-apigateway-any-method' ? 'ANY' : httpMethod.toUpperCase(),
    uri: `${url}${planned.backendPath}`,
    passthroughBehavior: 'when_no_match',
    ...(mappings.length === 0 ? {} : { requestParameters: Object.fromEntries(mappings) }),
  }
}

/** An integration that answers by itself (aws-rest 6.7). The request's body counts for nothing, whatever its type. */
export function mockIntegration(answer: Answer, requestTypes: readonly string[]): JsonValue {
  const types = new Set(['application/json', ...requestTypes])
  const isJson = answer.contentType === 'application/json'
  return {
    type: 'mock',
    passthroughBehavior: 'when_no_templates',
    requestTemplates: Object.fromEntries(Array.from(types, (type) => [type, `{"statusCode": ${answer.statusCode}}`])),
    responses: {
      default: {
        statusCode: answer.statusCode,
        ...(isJson ? {} : { responseParameters: { 'method.response.header.Content-Type': `'${answer.contentType}'` } }),
        ...(answer.body === null ? {} : { responseTemplates: { [answer.contentType]: toTemplate(answer.body) } }),
      },
    },
  }
}

/** A template that writes a text as it is: in the language, `$` and `#` begin something, and what stands between `#[[` and `]]#` does not. */
function toTemplate(text: string): string {
  if (!/[$#\\]/u.test(text)) return text
  return `#[[${text.replaceAll(']]#', ']]]]##[[#')}]]#`
}
