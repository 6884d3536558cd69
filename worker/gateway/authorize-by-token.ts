import type { Ports } from '../ports.ts'
import { checkClaims, refuse, type ClaimsExpectation } from '../semantics/authorizers/jwt/check-claims.ts'
import { toClaimTexts } from '../semantics/authorizers/jwt/claim-texts.ts'
import type { KeySource } from '../semantics/authorizers/jwt/issuer.ts'
import { chooseKeys, type KeyChoice } from '../semantics/authorizers/jwt/key-set.ts'
import { COGNITO_ALGORITHMS, JWT_ALGORITHMS, parseToken, type Token, type TokenHeader, type TokenParse } from '../semantics/authorizers/jwt/parse-token.ts'
import { findProvingKey, type ProvenToken } from '../semantics/authorizers/jwt/verify-token.ts'
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
  const sent = readIdentityOf(guarded, authorizer.identity)?.[0]
  if (sent === undefined) throw toGatewayRefusal(refuse(expected, 'token not provided'))
  const proven = ports.access.tokens.get(sent)
  const parse = readToken(sent, authorizer, proven)
  if (parse.kind === 'malformed') throw toGatewayRefusal(refuse(expected, parse.problem))
  const { token } = parse
  const expectation = toExpectation(token, authorizer, scopes, ports)
  if (expectation === null) throw toGatewayRefusal(refuse(expected, 'issuer does not match'))
  const isProven = await proveSignature({ sent, token, proven }, expectation, ports)
  if (!isProven) throw toGatewayRefusal(refuse(expected, 'the signature of the token is not valid'))
  const refusal = checkClaims(token.claims, expectation, ports.clock.nowMs())
  if (refusal !== null) throw toGatewayRefusal(refusal)
  requireResourceAllow(guarded, askResourcePolicy(guarded, null))
  return { kind: 'claims', claims: toClaimTexts(token.claims, authorizer.kind) }
}

/** A token that was seen before is taken apart already; whether its algorithm is one for this authorizer is asked anew. */
function readToken(sent: string, { kind }: TokenAuthorizer, proven: ProvenToken | null): TokenParse {
  const algorithms: readonly string[] = kind === 'cognito' ? COGNITO_ALGORITHMS : JWT_ALGORITHMS
  return proven !== null && algorithms.includes(proven.token.header.algorithm) ? { kind: 'token', token: proven.token } : parseToken(sent, algorithms)
}

/** Of several user pools, the one that the token says it is from; what it says is proved afterwards. */
function toExpectation({ claims }: Token, authorizer: TokenAuthorizer, scopes: readonly string[], ports: Ports): ClaimsExpectation | null {
  if (authorizer.kind === 'jwt') return { kind: 'jwt', issuer: authorizer.issuer, scopes, audiences: authorizer.audiences }
  const issuer = authorizer.userPools.map((pool) => ports.access.keySets.userPoolIssuer(pool)).find((candidate) => candidate === claims['iss'])
  return issuer === undefined ? null : { kind: 'cognito', issuer, scopes, isAudience: authorizer.isAudience }
}

interface SentToken {
  readonly sent: string
  readonly token: Token
  readonly proven: ProvenToken | null
}

/** Whether a key that the issuer publishes now made the signature. That it did is remembered with the very key, so that a key which is withdrawn takes its tokens along. */
async function proveSignature({ sent, token, proven }: SentToken, expectation: ClaimsExpectation, ports: Ports): Promise<boolean> {
  const { keySets, tokens } = ports.access
  const source: KeySource = { issuer: expectation.issuer, discovers: expectation.kind === 'jwt' }
  const choice = await chooseFresh(source, token.header, ports)
  switch (choice.kind) {
    case 'use': {
      if (choice.isStale) ports.defer(keySets.renew(source))
      if (proven !== null && choice.keys.includes(proven.key)) return true
      const key = await findProvingKey(token, choice.keys, keySets.imported)
      if (key !== null) tokens.put(sent, { token, key })
      return key !== null
    }
    case 'unknown-key':
      return false
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
