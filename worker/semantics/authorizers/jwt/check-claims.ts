import { equalInConstantTime } from '../equal-in-constant-time.ts'
import { unauthorized, type AuthorizerRefusal } from '../refusal.ts'
import { JWT_LIMITS } from './limits.ts'

/** The claims of a token whose signature is right. */
export type Claims = Readonly<Record<string, unknown>>

/** What a token must say: a user pool's, or any issuer's. */
export type ClaimsExpectation =
  | {
      readonly kind: 'cognito'
      readonly issuer: string
      /** The scopes of the method: with them an access token is needed, without them an ID token (aws-rest 11.4). */
      readonly scopes: readonly string[]
      /** Whether the audience fits `identityValidationExpression`; null when there is none. */
      readonly isAudience: ((audience: string) => boolean) | null
    }
  | { readonly kind: 'jwt'; readonly issuer: string; readonly scopes: readonly string[]; readonly audiences: readonly string[] }

/** Checks the claims of a verified token; null when all is well. */
export function checkClaims(claims: Claims, expected: ClaimsExpectation, nowMs: number): AuthorizerRefusal | null {
  const { iss } = claims
  if (typeof iss !== 'string' || !equalInConstantTime(iss, expected.issuer)) return refuse(expected, 'issuer does not match')
  const time = checkTimes(claims, expected, Math.floor(nowMs / 1000))
  if (time !== null) return time
  return expected.kind === 'cognito' ? checkCognito(claims, expected) : checkJwt(claims, expected)
}

function checkTimes({ exp, nbf, iat }: Claims, expected: ClaimsExpectation, nowSeconds: number): AuthorizerRefusal | null {
  const latest = nowSeconds + JWT_LIMITS.skewSeconds
  if (!isTime(exp)) return refuse(expected, 'the token has no time of expiry')
  if (exp <= nowSeconds) {
    const text = 'the token has expired'
    return expected.kind === 'cognito' ? unauthorized(text, 'The incoming token has expired') : refuse(expected, text)
  }
  if (nbf !== undefined && (!isTime(nbf) || nbf > latest)) return refuse(expected, 'the token is not valid yet')
  if (iat !== undefined && (!isTime(iat) || iat > latest)) return refuse(expected, 'the token was issued in the future')
  return null
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function checkCognito(claims: Claims, expected: ClaimsExpectation & { kind: 'cognito' }): AuthorizerRefusal | null {
  const isAccessWanted = expected.scopes.length > 0
  if (claims['token_use'] !== (isAccessWanted ? 'access' : 'id')) return unauthorized(isAccessWanted ? 'an access token is needed' : 'an ID token is needed')
  if (isAccessWanted && !hasAnyScope(claims, expected.scopes)) return unauthorized('the token has none of the scopes of the method')
  const { isAudience } = expected
  // An access token of a user pool has no audience; the client it was given to stands in for it.
  const audiences = toTexts(claims['aud'] ?? claims['client_id'])
  if (isAudience !== null && !audiences.some(isAudience)) return unauthorized('the token is for another audience')
  return null
}

function checkJwt(claims: Claims, expected: ClaimsExpectation & { kind: 'jwt' }): AuthorizerRefusal | null {
  const audiences = toTexts(claims['aud'] ?? claims['client_id'])
  if (!audiences.some((audience) => expected.audiences.includes(audience))) return refuse(expected, 'the token does not have a valid audience')
  if (expected.scopes.length === 0 || hasAnyScope(claims, expected.scopes)) return null
  const scopes = expected.scopes.join(' ')
  return {
    responseType: 'ACCESS_DENIED',
    errorType: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
    headers: { 'www-authenticate': `Bearer scope="${scopes}" error="insufficient_scope" error_description="expected scopes: [${scopes}]"` },
    note: 'the token has none of the scopes of the method',
  }
}

function hasAnyScope(claims: Claims, scopes: readonly string[]): boolean {
  const given = new Set([...toTexts(claims['scope']), ...toTexts(claims['scp'])].flatMap((text) => text.split(' ')))
  return scopes.some((scope) => given.has(scope))
}

function toTexts(claim: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  return list.filter((item) => typeof item === 'string')
}

/** A 401; for a JWT authorizer with the challenge that Amazon's HTTP APIs send (aws-websocket-and-services B9). */
export function refuse(expected: Pick<ClaimsExpectation, 'kind' | 'scopes'>, problem: string): AuthorizerRefusal {
  const refusal = unauthorized(problem)
  if (expected.kind === 'cognito') return refusal
  const challenge = `Bearer scope="${expected.scopes.join(' ')}" error="invalid_token" error_description="${problem}"`
  return { ...refusal, headers: { 'www-authenticate': challenge } }
}
