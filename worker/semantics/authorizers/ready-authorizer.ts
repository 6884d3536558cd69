import type { AuthorizerDocument } from '../../../kv-schemas/documents/deployment.ts'
import { parseUserPoolArn, type UserPool } from './jwt/issuer.ts'
import { parseIdentitySource, type IdentitySource } from './lambda/identity-source.ts'
import { RESULT_TTL_SECONDS_MAX } from './lambda/result-cache.ts'
import { compileValidationExpression, type WholeMatch } from './lambda/validation-expression.ts'

/** A Lambda authorizer, prepared. */
export interface LambdaAuthorizer {
  readonly kind: 'lambda'
  readonly id: string
  readonly type: 'TOKEN' | 'REQUEST'
  /** The function, as an integration's URI, stage variables and all. */
  readonly uri: string
  readonly credentials: string | null
  readonly identity: readonly IdentitySource[]
  /** What the token must look like before the function is asked; null when anything goes. */
  readonly matchesToken: WholeMatch | null
  /** How long a result is kept, in milliseconds; 0 when it is not. */
  readonly ttlMs: number
}

/** An authorizer of user pools, prepared. */
export interface CognitoAuthorizer {
  readonly kind: 'cognito'
  readonly userPools: readonly UserPool[]
  readonly identity: readonly IdentitySource[]
  readonly isAudience: WholeMatch | null
}

/** An authorizer of any issuer, prepared. */
export interface JwtAuthorizer {
  readonly kind: 'jwt'
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly identity: readonly IdentitySource[]
}

/** An authorizer as a request meets it. What can't work (and was refused at deploy) is `broken`: it lets nobody in. */
export type ReadyAuthorizer = LambdaAuthorizer | CognitoAuthorizer | JwtAuthorizer | { readonly kind: 'broken'; readonly reason: string }

/** What is wrong with an authorizer: `field` is the member of its definition. */
export interface AuthorizerIssue {
  readonly field: string
  readonly message: string
}

/** Everything that is wrong with an authorizer (aws-rest 11.2, 11.4). */
export function findAuthorizerIssues(document: Omit<AuthorizerDocument, 'id'>): readonly AuthorizerIssue[] {
  const issues: AuthorizerIssue[] = []
  const sources = document.identitySource.map(parseIdentitySource)
  if (sources.includes(null)) issues.push({ field: 'identitySource', message: 'an identity source is method.request.header.X, method.request.querystring.X, stageVariables.X or context.X' })
  const ttl = document.authorizerResultTtlInSeconds
  if (ttl < 0 || ttl > RESULT_TTL_SECONDS_MAX) issues.push({ field: 'authorizerResultTtlInSeconds', message: `results are kept from 0 to ${RESULT_TTL_SECONDS_MAX} seconds` })
  const expression = document.identityValidationExpression
  const compiled = expression === null ? null : compileValidationExpression(expression)
  if (compiled?.kind === 'invalid') issues.push({ field: 'identityValidationExpression', message: compiled.reason })
  return [...issues, ...findTypeIssues(document, sources)]
}

function findTypeIssues(document: Omit<AuthorizerDocument, 'id'>, sources: readonly (IdentitySource | null)[]): readonly AuthorizerIssue[] {
  switch (document.type) {
    case 'TOKEN':
      return [...findUriIssues(document), ...findOneSourceIssues(sources, ['header'])]
    case 'REQUEST':
      if (sources.length > 0 || document.authorizerResultTtlInSeconds === 0) return findUriIssues(document)
      return [...findUriIssues(document), { field: 'identitySource', message: 'results can only be kept by an identity source: name one, or set authorizerResultTtlInSeconds to 0' }]
    case 'COGNITO_USER_POOLS': {
      const isPool = document.providerARNs.length > 0 && document.providerARNs.every((arn) => parseUserPoolArn(arn) !== null)
      const arns = isPool ? [] : [{ field: 'providerARNs', message: 'providerARNs lists user pools: arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Example' }]
      return [...arns, ...findOneSourceIssues(sources, ['header'])]
    }
    case 'JWT':
      return [...findJwtIssues(document), ...findOneSourceIssues(sources, ['header', 'querystring'])]
    default:
      return document.type satisfies never
  }
}

function findUriIssues({ authorizerUri }: Omit<AuthorizerDocument, 'id'>): readonly AuthorizerIssue[] {
  if (authorizerUri !== null && authorizerUri !== '') return []
  return [{ field: 'authorizerUri', message: 'a Lambda authorizer has an authorizerUri' }]
}

function findOneSourceIssues(sources: readonly (IdentitySource | null)[], from: readonly IdentitySource['from'][]): readonly AuthorizerIssue[] {
  const [source] = sources
  if (sources.length === 1 && (source === null || (source !== undefined && from.includes(source.from)))) return []
  return [{ field: 'identitySource', message: `this type has one identity source, in a ${from.join(' or ')}` }]
}

function findJwtIssues({ jwtConfiguration }: Omit<AuthorizerDocument, 'id'>): readonly AuthorizerIssue[] {
  const issuer = jwtConfiguration?.issuer ?? ''
  const isUrl = URL.canParse(issuer) && ['https:', 'http:'].includes(new URL(issuer).protocol)
  const issues: AuthorizerIssue[] = []
  if (!isUrl) issues.push({ field: 'jwtConfiguration', message: 'a JWT authorizer has an issuer: its URL' })
  if ((jwtConfiguration?.audience ?? []).length === 0) issues.push({ field: 'jwtConfiguration', message: 'a JWT authorizer has an audience' })
  return issues
}

/** Prepares an authorizer. */
export function toReadyAuthorizer(document: AuthorizerDocument): ReadyAuthorizer {
  const [issue] = findAuthorizerIssues(document)
  if (issue !== undefined) return { kind: 'broken', reason: `${issue.field}: ${issue.message}` }
  const identity = document.identitySource.flatMap((text) => parseIdentitySource(text) ?? [])
  const compiled = document.identityValidationExpression === null ? null : compileValidationExpression(document.identityValidationExpression)
  const matches = compiled?.kind === 'expression' ? compiled.matches : null
  switch (document.type) {
    case 'TOKEN':
    case 'REQUEST':
      return {
        kind: 'lambda',
        id: document.id,
        type: document.type,
        uri: document.authorizerUri ?? '',
        credentials: document.authorizerCredentials,
        identity,
        // A validation expression is for tokens; REQUEST authorizers ignore it (aws-rest 11.2).
        matchesToken: document.type === 'TOKEN' ? matches : null,
        ttlMs: document.authorizerResultTtlInSeconds * 1000,
      }
    case 'COGNITO_USER_POOLS':
      return { kind: 'cognito', userPools: document.providerARNs.flatMap((arn) => parseUserPoolArn(arn) ?? []), identity, isAudience: matches }
    case 'JWT':
      return { kind: 'jwt', issuer: document.jwtConfiguration?.issuer ?? '', audiences: document.jwtConfiguration?.audience ?? [], identity }
    default:
      return document.type satisfies never
  }
}
