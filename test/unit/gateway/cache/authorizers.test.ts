import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it } from 'vitest'
import type { DeploymentDocument, MethodDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { accessOf, type TestPrincipal } from '../../../access.ts'
import { authorizerOf } from '../../../documents.ts'
import { functionsOf, returned } from '../../../functions.ts'
import { NOW_MS } from '../../../gateway.ts'
import { createSigner } from '../../semantics/authorizers/jwt/tokens.ts'
import { cachedApiOf, read, type CachedApi } from './cached-api.ts'

const POOL = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool'
const ISSUER = 'https://issuer.example'
const EXPIRES = Math.floor(NOW_MS / 1000) + 3_600
const KEYS = ['first-key-of-twenty-characters', 'other-key-of-twenty-characters']

const AUTHORIZERS: DeploymentDocument['authorizers'] = {
  token: authorizerOf({}),
  request: authorizerOf({ id: 'auth02', type: 'REQUEST', identitySource: ['method.request.header.x-who'] }),
  always: authorizerOf({ id: 'auth03', type: 'REQUEST', identitySource: [] }),
  pool: authorizerOf({ id: 'auth04', type: 'COGNITO_USER_POOLS', authorizerUri: null, providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool'] }),
  jwt: authorizerOf({ id: 'auth05', type: 'JWT', authorizerUri: null, jwtConfiguration: { issuer: ISSUER, audience: ['me'] } }),
}

const signer = await createSigner()
const tokenOf = async (claims: Record<string, unknown>): Promise<Record<string, string>> => ({ authorization: await signer.sign({ iat: EXPIRES - 3_610, exp: EXPIRES, ...claims }) })
const signedBy = async (accessKeyId: string): Promise<Record<string, string>> => {
  const datetime = new Date(NOW_MS).toISOString().replace(/[-:]|\.\d{3}/gu, '')
  const signed = await new AwsV4Signer({ url: 'http://gateway.test/test/dev/pets', accessKeyId, secretAccessKey: 'secret', service: 'execute-api', region: 'us-east-1', datetime }).sign()
  return Object.fromEntries(signed.headers)
}
const principalOf = (accessKeyId: string): TestPrincipal => ({
  accessKeyId,
  secret: 'secret',
  arn: `arn:aws:iam::123456789012:user/${accessKeyId}`,
  policies: [{ Statement: [{ Effect: 'Allow', Action: 'execute-api:*', Resource: '*' }] }],
})

/** A door that calls everybody `user`; the key of an API that takes keys from its authorizer is the token. */
const GRANT = { principalId: 'user', policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] } }

function apiOf(method: Partial<MethodDocument>, { shared = false, ...api }: Partial<DeploymentDocument> & { readonly shared?: boolean } = {}): CachedApi {
  const usagePlans = [{ id: 'plan', apiStages: [{ apiId: 'test' as never, stage: 'dev' as never, throttle: {} }] }]
  const apiKeys = Object.fromEntries(KEYS.map((value, index) => [value, { id: `key-${index}`, usagePlanIds: ['plan'] }]))
  const keySets = { [POOL]: { keys: [signer.publicKey] }, [ISSUER]: { keys: [signer.publicKey] } }
  const access = accessOf({ principals: [principalOf('AKIDANN'), principalOf('AKIDBOB')], apiKeys, usagePlans, keySets, nowMs: () => NOW_MS })
  const { functions } = functionsOf((call) => {
    const { authorizationToken } = JSON.parse(String(call.payload)) as { readonly authorizationToken?: string }
    return returned(JSON.stringify({ ...GRANT, usageIdentifierKey: authorizationToken }))
  })
  return cachedApiOf({ method, settings: { shared }, api: { authorizers: AUTHORIZERS, ...api }, ports: { access, functions } })
}

interface Row {
  readonly method: Partial<MethodDocument>
  readonly api?: Partial<DeploymentDocument>
  /** The headers of two callers. */
  readonly callers: () => Promise<readonly [Record<string, string>, Record<string, string>]>
}

const TWO_TOKENS = async () => [{ authorization: 'ann' }, { authorization: 'bob' }] as const
const ROWS: Readonly<Record<string, Row>> = {
  'an authorizer of type TOKEN': { method: { authorizationType: 'CUSTOM', authorizerId: 'token' }, callers: TWO_TOKENS },
  'an authorizer of type REQUEST': { method: { authorizationType: 'CUSTOM', authorizerId: 'request' }, callers: async () => [{ 'x-who': 'ann' }, { 'x-who': 'bob' }] },
  'an authorizer that names no identity source': { method: { authorizationType: 'CUSTOM', authorizerId: 'always' }, callers: TWO_TOKENS },
  'a user pool': {
    method: { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'pool' },
    callers: async () => [await tokenOf({ iss: POOL, sub: 'ann', aud: 'client', token_use: 'id' }), await tokenOf({ iss: POOL, sub: 'bob', aud: 'client', token_use: 'id' })],
  },
  'a JWT authorizer': { method: { authorizationType: 'CUSTOM', authorizerId: 'jwt' }, callers: async () => [await tokenOf({ iss: ISSUER, sub: 'ann', aud: 'me' }), await tokenOf({ iss: ISSUER, sub: 'bob', aud: 'me' })] },
  'a JWT authorizer, for one user of two tenants': {
    method: { authorizationType: 'CUSTOM', authorizerId: 'jwt' },
    callers: async () => [await tokenOf({ iss: ISSUER, sub: 'ann', aud: 'me', tenant: 'a' }), await tokenOf({ iss: ISSUER, sub: 'ann', aud: 'me', tenant: 'b' })],
  },
  'signatures': { method: { authorizationType: 'AWS_IAM' }, callers: async () => [await signedBy('AKIDANN'), await signedBy('AKIDBOB')] },
  'API keys': { method: { apiKeyRequired: true }, callers: async () => [{ 'x-api-key': KEYS[0] ?? '' }, { 'x-api-key': KEYS[1] ?? '' }] },
  'API keys that the authorizer names': {
    method: { apiKeyRequired: true, authorizationType: 'CUSTOM', authorizerId: 'token' },
    api: { apiKeySource: 'AUTHORIZER' },
    callers: async () => [{ authorization: KEYS[0] ?? '' }, { authorization: KEYS[1] ?? '' }],
  },
}

async function askInTurn(api: CachedApi, { callers }: Row): Promise<readonly string[]> {
  const [first, second] = await callers()
  const seen: string[] = []
  for (const headers of [first, second, first, second]) {
    const response = await api.ask('/pets', { headers })
    expect(response.status).toBe(200)
    seen.push((await read(response))[0])
    await api.settle()
  }
  return seen
}

describe('two callers of a cached method have answers of their own, behind', () => {
  it.each(Object.entries(ROWS))('%s', async (_name, row) => {
    expect(await askInTurn(apiOf(row.method, row.api), row)).toEqual(['answer 1', 'answer 2', 'answer 1', 'answer 2'])
  })
})

describe('two callers share an answer where the settings say "shared", behind', () => {
  it.each(Object.entries(ROWS))('%s', async (_name, row) => {
    expect(await askInTurn(apiOf(row.method, { ...row.api, shared: true }), row)).toEqual(['answer 1', 'answer 1', 'answer 1', 'answer 1'])
  })
})

describe('one caller keeps the answer over', () => {
  it('a renewed token', async () => {
    const api = apiOf({ authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'pool' })
    const claims = { iss: POOL, sub: 'ann', aud: 'client', token_use: 'id' }
    const callers = async () => [await tokenOf({ ...claims, jti: '1', auth_time: 1 }), await tokenOf({ ...claims, jti: '2', auth_time: 2, exp: EXPIRES + 60 })] as const
    expect(await askInTurn(api, { method: {}, callers })).toEqual(['answer 1', 'answer 1', 'answer 1', 'answer 1'])
  })
})
