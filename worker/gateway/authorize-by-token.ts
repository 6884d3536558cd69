import type { Ports } from '../ports.ts'
import { checkClaims, refuse, type Claims, type ClaimsExpectation } from '../semantics/authorizers/jwt/check-claims.ts'
import { toClaimTexts } from '../semantics/authorizers/jwt/claim-texts.ts'
import type { KeySource } from '../semantics/authorizers/jwt/issuer.ts'
import { chooseKeys, type KeyChoice } from '../semantics/authorizers/jwt/key-set.ts'
import { COGNITO_ALGORITHMS, decodeObject, JWT_ALGORITHMS, parseToken, type TokenHeader } from '../semantics/authorizers/jwt/parse-token.ts'
import { verifyToken } from '../semantics/authorizers/jwt/verify-token.ts'
import type { CognitoAuthorizer, JwtAuthorizer } from '../semantics/authorizers/ready-authorizer.ts'
import { unreachableAuthorizer } from '../semantics/authorizers/refusal.ts'
import { toGatewayRefusal } from './access-refusals.ts'
import { askResourcePolicy, requireResourceAllow } from './check-policy.ts'
import type { ClaimsCaller, Guarded } from './exchange.ts'
import { readIdentityOf } from './read-identity.ts'

type TokenAuthorizer = CognitoAuthorizer | JwtAuthorizer

/** Step 5 with user pools or any other issuer of JWTs (aws-rest 11.4, aws-websocket-and-services B9). */
export async function authorizeByToken(guarded: Guarded, authorizer: TokenAuthorizer, ports: Ports): Promise<ClaimsCaller> {
  const scopes = guarded.method.document.authorizationScopes
  const expected = { kind: authorizer.kind, scopes }
  const text = readIdentityOf(guarded, authorizer.identity)?.[0]
  if (text === undefined) throw toGatewayRefusal(refuse(expected, 'token not provided'))
  const parse = parseToken(text, authorizer.kind === 'cognito' ? COGNITO_ALGORITHMS : JWT_ALGORITHMS)
  if (parse.kind === 'malformed') throw toGatewayRefusal(refuse(expected, parse.problem))
  const expectation = toExpectation(parse.token, authorizer, scopes, ports)
  if (expectation === null) throw toGatewayRefusal(refuse(expected, 'issuer does not match'))
  const claims = await proveClaims(parse, expectation, ports)
  if (claims === null) throw toGatewayRefusal(refuse(expected, 'the signature of the token is not valid'))
  const refusal = checkClaims(claims, expectation, ports.clock.nowMs())
  if (refusal !== null) throw toGatewayRefusal(refusal)
  requireResourceAllow(guarded, askResourcePolicy(guarded, null))
  return { kind: 'claims', claims: toClaimTexts(claims, authorizer.kind) }
}

/** Of several user pools, the one that the token says it is from; what it says is proved afterwards. */
function toExpectation(token: string, authorizer: TokenAuthorizer, scopes: readonly string[], ports: Ports): ClaimsExpectation | null {
  if (authorizer.kind === 'jwt') return { kind: 'jwt', issuer: authorizer.issuer, scopes, audiences: authorizer.audiences }
  const named = decodeObject(token.split('.', 2)[1] ?? '')?.['iss']
  const issuer = authorizer.userPools.map((pool) => ports.access.keySets.userPoolIssuer(pool)).find((candidate) => candidate === named)
  return issuer === undefined ? null : { kind: 'cognito', issuer, scopes, isAudience: authorizer.isAudience }
}

async function proveClaims({ token, header }: { readonly token: string; readonly header: TokenHeader }, expectation: ClaimsExpectation, ports: Ports): Promise<Claims | null> {
  const source: KeySource = { issuer: expectation.issuer, discovers: expectation.kind === 'jwt' }
  const choice = await chooseFresh(source, header, ports)
  switch (choice.kind) {
    case 'use':
      if (choice.isStale) ports.defer(ports.access.keySets.renew(source))
      return verifyToken(token, header, choice.keys)
    case 'unknown-key':
      return null
    case 'fetch':
    case 'no-keys':
      throw toGatewayRefusal(unreachableAuthorizer(`the keys of ${source.issuer} can't be had`))
    default:
      return choice satisfies never
  }
}

async function chooseFresh(source: KeySource, header: TokenHeader, ports: Ports): Promise<KeyChoice> {
  const { keySets } = ports.access
  const choice = chooseKeys(keySets.held(source), header, ports.clock.nowMs())
  if (choice.kind !== 'fetch') return choice
  return chooseKeys(await keySets.renew(source), header, ports.clock.nowMs())
}
