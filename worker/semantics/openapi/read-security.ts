import type { MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { fieldOf, textOf, wordField } from '../source/fields.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { Reading } from './reading.ts'
import type { OperationPlace } from './read-operation.ts'
import type { Authorizers, Scheme } from './read-authorizers.ts'

type Security = Pick<MethodDocument, 'authorizationType' | 'authorizerId' | 'authorizationScopes' | 'apiKeyRequired'>

const OPEN: Security = { authorizationType: 'NONE', authorizerId: null, authorizationScopes: [], apiKeyRequired: false }

/** Warns when the root's `security` looks as if it protected something: Amazon ignores it (aws-rest 16.1). */
export function warnRootSecurity({ root, report }: Reading, authorizers: Authorizers): void {
  const security = fieldOf(root, 'security')
  for (const requirement of security === null ? [] : childrenOf(security).flatMap(childrenOf)) {
    const scheme = authorizers.schemes.get(String(requirement.key))
    if (scheme === undefined || scheme.kind === 'documentation') continue
    report.warning(requirement, 'the "security" of the whole document does not count: a method is protected by its own "security" only')
  }
}

/**
 * Reads who may call a method: `x-amazon-apigateway-auth`, and the schemes of the operation's own `security` (aws-rest 16.1; the root's does not count). A method has
 * one authorizer, so the alternatives and conjunctions of `security` are read as one list: its first authorizer, and an API key when one is named.
 */
export function readSecurity(operation: Place, context: OperationPlace): Security {
  const { report } = context.reading
  let security = OPEN
  for (const requirement of listRequirements(operation, context)) {
    const scheme = findScheme(requirement, context)
    if (scheme !== null) security = apply(security, scheme, requirement, context)
  }
  const auth = fieldOf(operation, 'x-amazon-apigateway-auth')
  const type = auth === null ? null : wordField(auth, 'type', ['NONE', 'AWS_IAM'] as const, report)
  if (type === 'AWS_IAM') return { ...security, authorizationType: 'AWS_IAM', authorizerId: null, authorizationScopes: [] }
  return security
}

function listRequirements(operation: Place, { reading }: OperationPlace): readonly Place[] {
  const security = fieldOf(operation, 'security')
  if (security === null) return []
  if (security.node.kind === 'list') return childrenOf(security).flatMap(childrenOf)
  reading.report.error(security, '"security" must be a list of objects')
  return []
}

function findScheme(requirement: Place, { authorizers, reading }: OperationPlace): Scheme | null {
  const name = String(requirement.key)
  const scheme = authorizers.schemes.get(name)
  if (scheme !== undefined) return scheme
  // SAM writes this name, which it never declares, where a method needs no authorizer.
  if (name === 'NONE') return null
  reading.report.error(requirement, `there is no security scheme ${JSON.stringify(name)}${didYouMean(name, authorizers.schemes.keys())}`)
  return null
}

function apply(security: Security, scheme: Scheme, requirement: Place, { reading }: OperationPlace): Security {
  switch (scheme.kind) {
    case 'api-key':
      return { ...security, apiKeyRequired: true }
    case 'documentation':
      reading.report.warning(scheme.at, 'the gateway does not check this scheme: it has no x-amazon-apigateway-authorizer, and is no API key in the header x-api-key')
      return security
    case 'iam':
      return isTaken(security, requirement, reading.report) ? security : { ...security, authorizationType: 'AWS_IAM' }
    case 'authorizer': {
      if (isTaken(security, requirement, reading.report)) return security
      const { name, document } = scheme.authorizer
      const isCognito = document.type === 'COGNITO_USER_POOLS'
      const scopes = childrenOf(requirement).flatMap((scope) => textOf(scope, reading.report) ?? [])
      return { ...security, authorizationType: isCognito ? 'COGNITO_USER_POOLS' : 'CUSTOM', authorizerId: name, authorizationScopes: scopes }
    }
    default:
      return scheme satisfies never
  }
}

function isTaken(security: Security, requirement: Place, report: OperationPlace['reading']['report']): boolean {
  if (security.authorizationType === 'NONE') return false
  report.warning(requirement, `a method has one authorizer: ${security.authorizerId ?? security.authorizationType} is used, ${String(requirement.key)} is not`)
  return true
}
