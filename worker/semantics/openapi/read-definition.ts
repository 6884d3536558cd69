import { childOf, type Place } from '../source/place.ts'
import { fieldOf, flagField, mapField, textField, textsField, wholeField, wordField, wordOf } from '../source/fields.ts'
import type { Report } from '../source/report.ts'
import { checkRefs } from './check-refs.ts'
import type { Definition } from './definition.ts'
import { warnUnknownExtensions } from './extensions.ts'
import { readCors } from './read-cors.ts'
import { readAuthorizers } from './read-authorizers.ts'
import { readDialect } from './read-dialect.ts'
import { readGatewayResponses } from './read-gateway-responses.ts'
import { createModels } from './read-models.ts'
import { readPaths } from './read-paths.ts'
import { warnRootSecurity } from './read-security.ts'
import { readValidators } from './read-validators.ts'
import type { BasePathMode, Reading } from './reading.ts'

/** Where a definition says things that Amazon's import takes from its query string. */
export interface DefinitionOptions {
  readonly basePath: BasePathMode
}

/** What `x-amazon-apigateway-minimum-compression-size` may be (aws-rest 6.11). */
const LIMITS = { compressionBytesMax: 10_485_760 } as const

/**
 * Reads an OpenAPI 3 or Swagger 2 document with its `x-amazon-apigateway-*` extensions (aws-rest 16). Reports every problem; gives null only when the document is
 * not one at all.
 */
export function readDefinition(root: Place, report: Report, options: DefinitionOptions): Definition | null {
  const dialect = readDialect(root, report)
  if (dialect === null) return null
  const reading: Reading = { root, report, dialect }
  warnUnknownExtensions(reading)
  checkRefs(reading)
  const models = createModels(reading)
  const authorizers = readAuthorizers(reading)
  warnRootSecurity(reading, authorizers)
  const validators = readValidators(reading)
  const resources = readPaths({ reading, models, authorizers, validators }, options.basePath)
  const endpoint = readEndpoint(reading)
  const policy = readPolicy(root, report)
  if (endpoint.type === 'PRIVATE' && policy === null) report.warning(root, 'a private API without x-amazon-apigateway-policy answers nobody: allow execute-api:Invoke, on the condition of aws:SourceVpce')
  return {
    at: root,
    name: readName(reading),
    apiKeySource: wordField(root, 'x-amazon-apigateway-api-key-source', ['HEADER', 'AUTHORIZER'], report) ?? 'HEADER',
    binaryMediaTypes: textsField(root, 'x-amazon-apigateway-binary-media-types', report),
    minimumCompressionSize: readCompressionSize(root, report),
    disableExecuteApiEndpoint: endpoint.isDisabled,
    endpointConfiguration: { type: endpoint.type, vpcEndpointIds: endpoint.vpcEndpointIds },
    policy,
    authorizers: authorizers.defined,
    models: models.defined(),
    gatewayResponses: readGatewayResponses(reading),
    cors: readCors(root, reading) || null,
    resources,
  }
}

function readName({ root, report }: Reading): string {
  const info = mapField(root, 'info', report)
  if (info === null) report.warning(root, '"info" is missing')
  return (info === null ? null : textField(info, 'title', report)) ?? ''
}

function readCompressionSize(root: Place, report: Report): number | null {
  const key = 'x-amazon-apigateway-minimum-compression-size'
  const size = wholeField(root, key, report)
  if (size === null || (size >= 0 && size <= LIMITS.compressionBytesMax)) return size
  report.error(childOf(root, key) ?? root, `Invalid minimum compression size, must be between 0 and ${LIMITS.compressionBytesMax}`)
  return null
}

function readPolicy(root: Place, report: Report): Place | null {
  const policy = fieldOf(root, 'x-amazon-apigateway-policy')
  if (policy === null) return null
  if (policy.node.kind !== 'map') {
    report.error(policy, 'a resource policy is an object with Version and Statement')
    return null
  }
  return policy
}

/** The extension stands at the root (Swagger 2, and OpenAPI 3 in the wild) or in a server (aws-rest 16.2). */
function findEndpointConfiguration({ root, report }: Reading): Place | null {
  const key = 'x-amazon-apigateway-endpoint-configuration'
  const atRoot = mapField(root, key, report)
  if (atRoot !== null) return atRoot
  const servers = fieldOf(root, 'servers')
  if (servers === null) return null
  const first = servers.node.kind === 'list' ? childOf(servers, 0) : servers
  return first === null || first.node.kind !== 'map' ? null : mapField(first, key, report)
}

/**
 * The endpoint's type is a parameter of Amazon's import, not a part of its document; here it stands in `types`, as in the API itself, and VPC endpoint ids alone mean
 * PRIVATE.
 *
 * Differs from Amazon: `types` inside the extension.
 */
function readEndpoint(reading: Reading): { readonly isDisabled: boolean; readonly type: 'EDGE' | 'REGIONAL' | 'PRIVATE'; readonly vpcEndpointIds: string[] } {
  const { report } = reading
  const place = findEndpointConfiguration(reading)
  if (place === null) return { isDisabled: false, type: 'EDGE', vpcEndpointIds: [] }
  const vpcEndpointIds = textsField(place, 'vpcEndpointIds', report)
  const isDisabled = flagField(place, 'disableExecuteApiEndpoint', report) ?? false
  const types = fieldOf(place, 'types')
  const only = types?.node.kind === 'list' ? childOf(types, 0) : types
  const named = only === null ? null : wordOf(only, ['EDGE', 'REGIONAL', 'PRIVATE'] as const, report)
  return { isDisabled, type: named ?? (vpcEndpointIds.length > 0 ? 'PRIVATE' : 'EDGE'), vpcEndpointIds }
}
