import type { AuthorizerDocument } from '../../../kv-schemas/documents/deployment.ts'
import { fieldOf, mapField, textField, textsField, warnUnknownFields, wholeField, wordField } from '../source/fields.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { DefinedAuthorizer } from './definition.ts'
import type { Reading } from './reading.ts'
import { follow } from './refs.ts'

/** What a security scheme does at the gateway (aws-rest 16.1). */
export type Scheme =
  | { readonly kind: 'authorizer'; readonly at: Place; readonly authorizer: DefinedAuthorizer }
  | { readonly kind: 'api-key'; readonly at: Place }
  | { readonly kind: 'iam'; readonly at: Place }
  /** Nothing: it documents what the backend asks for. */
  | { readonly kind: 'documentation'; readonly at: Place }

/** The security schemes of a definition. */
export interface Authorizers {
  readonly schemes: ReadonlyMap<string, Scheme>
  readonly defined: readonly DefinedAuthorizer[]
}

const AUTHORIZER_FIELDS = [
  'type',
  'authorizerUri',
  'authorizerCredentials',
  'identitySource',
  'identityValidationExpression',
  'authorizerResultTtlInSeconds',
  'providerARNs',
  'jwtConfiguration',
  'authorizerPayloadFormatVersion',
  'enableSimpleResponses',
]

/** Amazon keeps a verdict five minutes unless told otherwise (aws-rest 11.2). */
const RESULT_TTL_SECONDS = 300

/** Reads the security schemes and the authorizers in them. */
export function readAuthorizers(reading: Reading): Authorizers {
  const schemes = new Map<string, Scheme>()
  for (const place of listSchemes(reading)) {
    const at = follow(place, reading)
    if (at !== null) schemes.set(String(place.key), readScheme(String(place.key), at, reading))
  }
  const defined = [...schemes.values()].flatMap((scheme) => (scheme.kind === 'authorizer' ? [scheme.authorizer] : []))
  return { schemes, defined }
}

function listSchemes({ root, report, dialect }: Reading): readonly Place[] {
  if (dialect === 'swagger-2.0') {
    const schemes = mapField(root, 'securityDefinitions', report)
    return schemes === null ? [] : childrenOf(schemes)
  }
  const components = mapField(root, 'components', report)
  const schemes = components === null ? null : mapField(components, 'securitySchemes', report)
  return schemes === null ? [] : childrenOf(schemes)
}

function readScheme(name: string, at: Place, reading: Reading): Scheme {
  const { report } = reading
  if (at.node.kind !== 'map') {
    report.error(at, 'a security scheme is an object')
    return { kind: 'documentation', at }
  }
  const place = mapField(at, 'x-amazon-apigateway-authorizer', report)
  const authorizer = place === null ? null : readAuthorizer(name, place, at, reading)
  if (authorizer !== null) return { kind: 'authorizer', at, authorizer }
  if (textField(at, 'x-amazon-apigateway-authtype', report)?.toLowerCase() === 'awssigv4') return { kind: 'iam', at }
  const isApiKey =
    textField(at, 'type', report)?.toLowerCase() === 'apikey' && textField(at, 'in', report) === 'header' && textField(at, 'name', report)?.toLowerCase() === 'x-api-key'
  return { kind: isApiKey ? 'api-key' : 'documentation', at }
}

function readAuthorizer(name: string, at: Place, scheme: Place, reading: Reading): DefinedAuthorizer | null {
  const { report } = reading
  warnUnknownFields(at, AUTHORIZER_FIELDS, report)
  const type = wordField(at, 'type', ['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS', 'JWT'] as const, report)
  if (type === null) {
    if (fieldOf(at, 'type') === null) report.error(at, '"type" is missing: one of token, request, cognito_user_pools, jwt')
    return null
  }
  return {
    at,
    name,
    document: {
      type,
      authorizerUri: textField(at, 'authorizerUri', report),
      authorizerCredentials: textField(at, 'authorizerCredentials', report),
      identitySource: readIdentitySource(at, type, scheme, reading),
      identityValidationExpression: textField(at, 'identityValidationExpression', report),
      authorizerResultTtlInSeconds: wholeField(at, 'authorizerResultTtlInSeconds', report) ?? RESULT_TTL_SECONDS,
      providerARNs: textsField(at, 'providerARNs', report),
      jwtConfiguration: readJwtConfiguration(at, reading),
    },
  }
}

/** A list separated by commas; for a token, the scheme's own header when none is named (aws-rest 11.2). */
function readIdentitySource(at: Place, type: AuthorizerDocument['type'], scheme: Place, { report }: Reading): string[] {
  const isList = fieldOf(at, 'identitySource')?.node.kind === 'list'
  const written = isList ? textsField(at, 'identitySource', report) : (textField(at, 'identitySource', report) ?? '').split(',')
  // HTTP APIs, from where JWT authorizers come, write `$request.header.Authorization`.
  const sources = written.map((source) => source.trim().replace(/^\$request\./u, 'method.request.')).filter((source) => source !== '')
  if (sources.length > 0 || type === 'REQUEST') return sources
  const isHeader = textField(scheme, 'in', report) === 'header'
  return [`method.request.header.${(isHeader ? textField(scheme, 'name', report) : null) ?? 'Authorization'}`]
}

function readJwtConfiguration(at: Place, { report }: Reading): AuthorizerDocument['jwtConfiguration'] {
  const place = mapField(at, 'jwtConfiguration', report)
  if (place === null) return null
  const isList = fieldOf(place, 'audience')?.node.kind === 'list'
  const audience = isList ? textsField(place, 'audience', report) : [textField(place, 'audience', report) ?? ''].filter((text) => text !== '')
  return { issuer: textField(place, 'issuer', report) ?? '', audience }
}
