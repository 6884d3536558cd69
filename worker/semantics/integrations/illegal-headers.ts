import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'

/** Headers of the integration request that are the gateway's own: mapping one of them fails the request (aws-rest 5.2). */
const OF_ALL: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'x-amzn-trace-id', 'x-amzn-apigateway-api-id'])
/** More of them towards AWS. */
const OF_AWS: ReadonlySet<string> = new Set(['authorization', 'connection', 'expect', 'proxy-authenticate', 'te'])

/** Whether a mapping or a template may not set a header of the integration request. */
export function isIllegalRequestHeader(name: string, type: IntegrationDocument['type']): boolean {
  const folded = name.toLowerCase()
  return OF_ALL.has(folded) || ((type === 'AWS' || type === 'AWS_PROXY') && OF_AWS.has(folded))
}
