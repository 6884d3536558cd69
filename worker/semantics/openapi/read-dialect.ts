import { textField } from '../source/fields.ts'
import { childOf, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import type { Reading } from './reading.ts'

/** Finds out what a document is by its version; reports and gives null when it is nothing that is read. */
export function readDialect(root: Place, report: Report): Reading['dialect'] | null {
  if (root.node.kind !== 'map') {
    report.error(root, 'a definition is an OpenAPI 3 or Swagger 2 document: an object with "openapi" or "swagger"')
    return null
  }
  const swagger = textField(root, 'swagger', report)
  if (swagger !== null && /^2(\.0)?$/u.test(swagger)) return 'swagger-2.0'
  const openapi = textField(root, 'openapi', report)
  if (openapi !== null && /^3(\.0(\.[0-9]+)?)?([-+].*)?$/u.test(openapi)) return 'openapi-3.0'
  if (openapi !== null && /^3\.[12](\.[0-9]+)?([-+].*)?$/u.test(openapi)) return 'openapi-3.1'
  const version = childOf(root, 'openapi') ?? childOf(root, 'swagger')
  if (version === null) report.error(root, 'neither "openapi" nor "swagger" says what this document is; definitions are OpenAPI 3.0, 3.1 or Swagger 2.0')
  else report.error(version, `version ${openapi ?? swagger ?? ''} is not read; definitions are OpenAPI 3.0, 3.1 or Swagger 2.0`)
  return null
}
