import { GATEWAY_RESPONSES } from '../gateway-responses/catalog.ts'
import { mapField, textField, warnUnknownFields } from '../source/fields.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { childOf, childrenOf } from '../source/place.ts'
import type { DefinedGatewayResponse } from './definition.ts'
import { textMapField } from './text-map.ts'
import type { Reading } from './reading.ts'

/** Reads `x-amazon-apigateway-gateway-responses` (aws-rest 3.3). */
export function readGatewayResponses(reading: Reading): DefinedGatewayResponse[] {
  const { root, report } = reading
  const place = mapField(root, 'x-amazon-apigateway-gateway-responses', report)
  if (place === null) return []
  const types = Object.keys(GATEWAY_RESPONSES)
  return childrenOf(place).flatMap((at) => {
    const type = String(at.key)
    if (!types.includes(type)) {
      report.error(at, `${type} is no gateway response type${didYouMean(type, types)}`)
      return []
    }
    warnUnknownFields(at, ['statusCode', 'responseParameters', 'responseTemplates', 'responseType', 'defaultResponse'], report)
    const statusCode = textField(at, 'statusCode', report)
    if (statusCode !== null && !/^[1-5][0-9][0-9]$/u.test(statusCode)) {
      report.error(childOf(at, 'statusCode') ?? at, `${JSON.stringify(statusCode)} is no status code`)
    }
    const document = {
      statusCode,
      responseParameters: textMapField(at, 'responseParameters', reading),
      responseTemplates: textMapField(at, 'responseTemplates', reading),
    }
    return [{ at, type, document }]
  })
}
