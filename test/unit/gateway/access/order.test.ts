import { describe, expect, test } from 'vitest'
import type { AuthorizerDocument, DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import type { WebAcl } from '../../../../kv-schemas/rule-files/stage.ts'
import type { FunctionOutcome } from '../../../../worker/semantics/integrations/functions/function-call.ts'
import type { TokenOutcome } from '../../../../worker/ports.ts'
import type { Bucket } from '../../../../worker/semantics/throttling/buckets-of.ts'
import { accessOf, type TestAccess } from '../../../access.ts'
import { methodOf, mockOf } from '../../../documents.ts'
import { functionsOf, returned, threw } from '../../../functions.ts'
import { gatewayOf, NOW_MS } from '../../../gateway.ts'
import { createSigner, encodePart } from '../../semantics/authorizers/jwt/tokens.ts'
import { AwsV4Signer } from 'aws4fetch'

const URI = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations'
const POOL = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool'
const KEY = 'a-key-of-twenty-characters'
const NOW_SECONDS = Math.floor(NOW_MS / 1000)

const authorizer = (parts: Partial<AuthorizerDocument>): AuthorizerDocument => ({
  id: 'auth01', type: 'TOKEN', authorizerUri: URI, authorizerCredentials: null, identitySource: ['method.request.header.Authorization'],
  identityValidationExpression: null, authorizerResultTtlInSeconds: 300, providerARNs: [], jwtConfiguration: null, ...parts,
})
const AUTHORIZERS: DeploymentDocument['authorizers'] = {
  token: authorizer({}),
  bearer: authorizer({ id: 'auth02', identityValidationExpression: 'Bearer .+' }),
  request: authorizer({ id: 'auth03', type: 'REQUEST', identitySource: ['method.request.header.x-who', 'method.request.querystring.q'] }),
  open: authorizer({ id: 'auth04', type: 'REQUEST', identitySource: [], authorizerResultTtlInSeconds: 0 }),
  pool: authorizer({ id: 'auth05', type: 'COGNITO_USER_POOLS', authorizerUri: null, providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool'] }),
  jwt: authorizer({ id: 'auth06', type: 'JWT', authorizerUri: null, jwtConfiguration: { issuer: 'https://issuer.example', audience: ['me'] } }),
}
const custom = (authorizerId: string, parts: object = {}) => methodOf(mockOf(), { authorizationType: 'CUSTOM', authorizerId, ...parts })
const RESOURCES = {
  '/open': { GET: methodOf(mockOf()) },
  '/key': { GET: methodOf(mockOf(), { apiKeyRequired: true }) },
  '/iam': { GET: methodOf(mockOf(), { authorizationType: 'AWS_IAM' }), POST: methodOf(mockOf(), { authorizationType: 'AWS_IAM' }) },
  '/iam-key': { GET: methodOf(mockOf(), { authorizationType: 'AWS_IAM', apiKeyRequired: true, requestValidator: { validateRequestBody: false, validateRequestParameters: true }, requestParameters: { 'method.request.querystring.must': true } }) },
  '/token': { GET: custom('token'), POST: custom('token') },
  '/token/{id}': { GET: custom('token') },
  '/bearer': { GET: custom('bearer') },
  '/request': { GET: custom('request') },
  '/always': { GET: custom('open') },
  '/lost': { GET: custom('nobody') },
  '/pool': { GET: methodOf(mockOf(), { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'pool' }) },
  '/scoped': { GET: methodOf(mockOf(), { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'pool', authorizationScopes: ['pets/read'] }) },
  '/jwt': { GET: custom('jwt') },
}
const allow = (resource: string, effect = 'Allow') => ({ Effect: effect, Action: 'execute-api:Invoke', Resource: resource })
const grant = (statements: readonly unknown[], more: object = {}): FunctionOutcome =>
  returned(JSON.stringify({ principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement: statements }, ...more }))
const ALICE = { accessKeyId: 'AKIDALICE', secret: 'secret', policies: [{ Statement: [allow('arn:aws:execute-api:us-east-1:123456789012:test/dev/GET/*')] }] }

interface World {
  readonly policy?: unknown
  readonly webAcl?: WebAcl
  readonly access?: TestAccess
  readonly answer?: (token: unknown) => FunctionOutcome
  readonly api?: Partial<DeploymentDocument>
}

function gateway({ policy = null, webAcl, access = {}, answer = () => grant([allow('*')]), api = {} }: World = {}) {
  const invoked = functionsOf((call) => answer(JSON.parse(String(call.payload))))
  const known = accessOf({ principals: [ALICE], usagePlans: [{ id: 'plan', apiStages: [{ apiId: 'test' as never, stage: 'dev' as never, throttle: {} }] }], apiKeys: { [KEY]: {} }, nowMs: () => NOW_MS, ...access })
  const built = gatewayOf(RESOURCES, {
    api: { authorizers: AUTHORIZERS, policy: policy as never, ...api },
    stage: { webAcl: webAcl ?? null },
    ports: { access: known, functions: invoked.functions },
  })
  return { ...built, calls: invoked.calls, known }
}

async function answerOf(response: Response): Promise<string> {
  return `${response.status} ${response.headers.get('x-amzn-errortype') ?? '-'} ${await response.text()}`
}

async function signed(path: string, options: { readonly secret?: string; readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<RequestInit> {
  const signer = new AwsV4Signer({
    url: `http://gateway.test/test/dev${path}`, method: options.method ?? 'GET', accessKeyId: 'AKIDALICE', secretAccessKey: options.secret ?? 'secret',
    service: 'execute-api', region: 'us-east-1', datetime: new Date(NOW_MS).toISOString().replace(/[-:]|\.\d{3}/gu, ''), headers: options.headers ?? {},
  })
  const { headers, method } = await signer.sign()
  return { method, headers }
}

const UNAUTHORIZED = '401 UnauthorizedException {"message":"Unauthorized"}'
const MISSING = '403 MissingAuthenticationTokenException {"message":"Missing Authentication Token"}'
const FORBIDDEN = '403 ForbiddenException {"message":"Forbidden"}'
const BROKEN = '500 AuthorizerConfigurationException {"message":null}'
const IN = '200 - '

describe('one thing wrong, or nothing', () => {
  const rows: readonly (readonly [string, World, string, RequestInit, string])[] = [
    ['an open method', {}, '/open', {}, IN],
    ['no route', {}, '/nothing', {}, MISSING],
    ['no route, with a token', {}, '/nothing', { headers: { authorization: 'Bearer sometoken' } }, '403 IncompleteSignatureException {"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): \'nJKFR6Xc4vzCeI3jT+FjlC9k5Q/qVw0zd0gi1erL8ew=\'."}'],
    ['a key', {}, '/key', { headers: { 'x-api-key': KEY } }, IN],
    ['no key', {}, '/key', {}, FORBIDDEN],
    ['another key', {}, '/key', { headers: { 'x-api-key': `${KEY}x` } }, FORBIDDEN],
    ['two keys', {}, '/key', { headers: [['x-api-key', KEY], ['x-api-key', KEY]] }, FORBIDDEN],
    ['a disabled key', { access: { apiKeys: { [KEY]: { enabled: false } } } }, '/key', { headers: { 'x-api-key': KEY } }, FORBIDDEN],
    ['a key in its grace', { access: { apiKeys: { [KEY]: { validUntilMs: NOW_MS + 1 } } } }, '/key', { headers: { 'x-api-key': KEY } }, IN],
    ['a key after its grace', { access: { apiKeys: { [KEY]: { validUntilMs: NOW_MS } } } }, '/key', { headers: { 'x-api-key': KEY } }, FORBIDDEN],
    ['a key without a plan', { access: { apiKeys: { [KEY]: { usagePlanIds: [] } } } }, '/key', { headers: { 'x-api-key': KEY } }, FORBIDDEN],
    ['a key of a plan without this stage', { access: { usagePlans: [{ id: 'plan' }] } }, '/key', { headers: { 'x-api-key': KEY } }, FORBIDDEN],
    ['a key of the authorizer', { api: { apiKeySource: 'AUTHORIZER' } }, '/key', { headers: { 'x-api-key': KEY } }, FORBIDDEN],
    ['IAM unsigned', {}, '/iam', {}, MISSING],
    ['no token', {}, '/token', {}, UNAUTHORIZED],
    ['an empty token', {}, '/token', { headers: { authorization: '' } }, UNAUTHORIZED],
    ['a token', {}, '/token', { headers: { authorization: 'x' } }, IN],
    ['a token that does not match', {}, '/bearer', { headers: { authorization: 'x' } }, UNAUTHORIZED],
    ['a token that matches', {}, '/bearer', { headers: { authorization: 'Bearer x' } }, IN],
    ['one source of two', {}, '/request', { headers: { 'x-who': 'me' } }, UNAUTHORIZED],
    ['both sources', {}, '/request?q=1', { headers: { 'x-who': 'me' } }, IN],
    ['no source needed', {}, '/always', {}, IN],
    ['an authorizer that is not there', {}, '/lost', {}, BROKEN],
    ['Unauthorized', { answer: () => threw('{"errorMessage":"Unauthorized"}') }, '/token', { headers: { authorization: 'x' } }, UNAUTHORIZED],
    ['a broken function', { answer: () => threw('{"errorMessage":"boom"}') }, '/token', { headers: { authorization: 'x' } }, BROKEN],
    ['a function that is down', { answer: () => ({ kind: 'timed-out' }) }, '/token', { headers: { authorization: 'x' } }, '500 AuthorizerFailureException {"message":null}'],
    ['a grant for something else', { answer: () => grant([allow('arn:aws:execute-api:us-east-1:123456789012:test/dev/GET/other')]) }, '/token', { headers: { authorization: 'x' } }, '403 AccessDeniedException {"Message":"User is not authorized to access this resource"}'],
    ['a denial', { answer: () => grant([allow('*'), allow('*/token', 'Deny')]) }, '/token', { headers: { authorization: 'x' } }, '403 AccessDeniedException {"Message":"User is not authorized to access this resource with an explicit deny"}'],
    ['a condition of the grant', { answer: () => grant([{ ...allow('*'), Condition: { StringEquals: { 'aws:UserAgent': 'y' } } }]) }, '/token', { headers: { authorization: 'x', 'user-agent': 'z' } }, '403 AccessDeniedException {"Message":"User is not authorized to access this resource"}'],
    ['no token of a pool', {}, '/pool', {}, UNAUTHORIZED],
    ['nonsense for a token of a pool', {}, '/pool', { headers: { authorization: 'Bearer a.b.c' } }, UNAUTHORIZED],
    ['no token for a JWT authorizer', {}, '/jwt', {}, UNAUTHORIZED],
    ['a policy that allows', { policy: { Statement: [{ ...allow('execute-api:/*'), Principal: '*' }] } }, '/open', {}, IN],
    ['a policy that is silent', { policy: { Statement: [{ ...allow('execute-api:/dev/POST/*'), Principal: '*' }] } }, '/open', {}, '403 AccessDeniedException {"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:test/dev/GET/open"}'],
    ['a policy that denies', { policy: { Statement: [{ ...allow('execute-api:/*'), Principal: '*' }, { ...allow('execute-api:/*', 'Deny'), Principal: '*', Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }] } }, '/open', {}, '403 AccessDeniedException {"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:test/dev/GET/open with an explicit deny"}'],
    ['a filtered address', { webAcl: { ipSet: { block: ['127.0.0.0/8'] } } }, '/open', {}, FORBIDDEN],
    ['a filtered country', { webAcl: { blockedCountries: ['XX'] } }, '/open', { headers: { 'cf-ipcountry': 'XX' } }, FORBIDDEN],
  ]
  test.each(rows)('%s', async (_name, world, path, init, expected) => expect(await answerOf(await gateway(world).ask(path, init))).toBe(expected))
})

describe('the rate of an address', () => {
  const rate = { limit: 2, windowSeconds: 60 }

  test('is a bucket that all isolates share, taken from before there is a route', async () => {
    const taken: Bucket[] = []
    const limits = {
      take: (buckets: readonly Bucket[]): readonly TokenOutcome[] => {
        taken.push(...buckets.filter(({ scope }) => scope === 'address'))
        return buckets.map(() => (taken.length > 2 ? { kind: 'refused', retryAfterMs: 1, isOwnShare: false } : { kind: 'taken', remaining: 1, isOwnShare: false }))
      },
      useQuota: async () => ({ kind: 'counted' as const }), giveBackQuota: () => undefined,
    }
    const world = gatewayOf(RESOURCES, { stage: { webAcl: { rate } }, ports: { limits } })
    const statuses = [await world.ask('/open'), await world.ask('/nothing'), await world.ask('/open')].map(({ status }) => status)
    expect([...statuses, world.lines.at(-1)?.['errorType']]).toEqual([200, 403, 403, 'WAF_FILTERED'])
    expect(new Set(taken.map(({ name }) => name))).toEqual(new Set(['address/test/dev/127.0.0.1']))
    expect(taken[0]).toMatchObject({ mode: 'lease', limit: { rateLimit: 2 / 60, burstLimit: 2 } })
  })

  test('says so when its object could not be asked', async () => {
    const limits = { take: (buckets: readonly Bucket[]): readonly TokenOutcome[] => buckets.map(() => ({ kind: 'taken', remaining: 1, isOwnShare: true })), useQuota: async () => ({ kind: 'counted' as const }), giveBackQuota: () => undefined }
    const world = gatewayOf(RESOURCES, { stage: { webAcl: { rate } }, ports: { limits } })
    expect((await world.ask('/open')).status).toBe(200)
    expect(world.lines[0]).toMatchObject({ level: 'warn', bucket: 'address/test/dev/127.0.0.1' })
  })
})

describe('signed requests', () => {
  test('get in, and no further than their policies', async () => {
    const world = gateway()
    expect(await answerOf(await world.ask('/iam', await signed('/iam')))).toBe(IN)
    expect(await answerOf(await world.ask('/iam', await signed('/iam', { method: 'POST' })))).toBe(
      '403 AccessDeniedException {"Message":"User: arn:aws:iam::123456789012:user/alice is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:test/dev/POST/iam"}',
    )
    expect(await answerOf(await world.ask('/iam', await signed('/iam', { secret: 'other' })))).toMatch(/^403 InvalidSignatureException \{"message":"The request signature we calculated/u)
    expect(await answerOf(await world.ask('/iam', { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x' } }))).toMatch(/^403 IncompleteSignatureException/u)
  })

  test('of another account need both policies', async () => {
    const principals = [{ ...ALICE, accountId: '999999999999', arn: 'arn:aws:iam::999999999999:user/alice' }]
    const policy = { Statement: [{ ...allow('execute-api:/*'), Principal: { AWS: '999999999999' } }] }
    expect((await gateway({ access: { principals } }).ask('/iam', await signed('/iam'))).status).toBe(403)
    expect((await gateway({ access: { principals }, policy }).ask('/iam', await signed('/iam'))).status).toBe(200)
  })
})

describe('two things wrong: the first in Amazon\'s order wins (aws-rest 2)', () => {
  const deny = { Statement: [{ ...allow('execute-api:/*', 'Deny'), Principal: '*' }] }
  const webAcl: WebAcl = { ipSet: { block: ['127.0.0.1'] } }
  const rows: readonly (readonly [string, World, string, RequestInit, string])[] = [
    ['filter, then route', { webAcl }, '/nothing', {}, FORBIDDEN],
    ['filter, then policy', { webAcl, policy: deny }, '/open', {}, FORBIDDEN],
    ['route, then policy', { policy: deny }, '/nothing', {}, MISSING],
    ['policy, then Lambda authorizer', { policy: deny }, '/token', {}, '403 AccessDeniedException {"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:test/dev/GET/token with an explicit deny"}'],
    ['signature, then policy', { policy: deny }, '/iam', {}, MISSING],
    ['user pool, then policy', { policy: deny }, '/pool', {}, UNAUTHORIZED],
    ['authorization, then API key', {}, '/iam-key', {}, MISSING],
    ['authorization, then validation', {}, '/iam-key', { headers: { 'x-api-key': KEY } }, MISSING],
  ]
  test.each(rows)('%s', async (_name, world, path, init, expected) => expect(await answerOf(await gateway(world).ask(path, init))).toBe(expected))

  test('API key, then validation', async () => {
    expect(await answerOf(await gateway().ask('/iam-key', await signed('/iam-key')))).toBe(FORBIDDEN)
    const withKey = await signed('/iam-key', { headers: { 'x-api-key': KEY } })
    expect(await answerOf(await gateway().ask('/iam-key', withKey))).toMatch(/^400 BadRequestException/u)
  })

  test('a denied call asks nobody', async () => {
    const world = gateway({ policy: deny })
    await world.ask('/token', { headers: { authorization: 'x' } })
    expect([world.calls.length, world.known.asked]).toEqual([0, []])
  })
})

const only = (path: string): World => ({ answer: () => grant([allow(`arn:aws:execute-api:us-east-1:123456789012:test/dev/GET/${path}`)]) })

describe('results of authorizers', () => {
  test('are kept: the policy, never the verdict', async () => {
    const world = gateway(only('token/1'))
    const ask = async (path: string): Promise<number> => (await world.ask(path, { headers: { authorization: 'x' } })).status
    expect([await ask('/token'), await ask('/token/1'), await ask('/token/2'), await ask('/token/1')]).toEqual([403, 200, 403, 200])
    expect(world.calls).toHaveLength(1)
  })

  test('are kept by identity', async () => {
    const world = gateway({ answer: (event) => grant([allow('*', JSON.stringify(event).includes('good') ? 'Allow' : 'Deny')]) })
    const ask = async (token: string): Promise<number> => (await world.ask('/token', { headers: { authorization: token } })).status
    expect([await ask('good'), await ask('bad'), await ask('good'), await ask('bad')]).toEqual([200, 403, 200, 403])
    expect(world.calls).toHaveLength(2)
  })

  test('that are refusals are asked for again, and so are those of a TTL of 0', async () => {
    const failing = gateway({ answer: () => threw('{"errorMessage":"Unauthorized"}') })
    await failing.ask('/token', { headers: { authorization: 'x' } })
    await failing.ask('/token', { headers: { authorization: 'x' } })
    const open = gateway()
    await open.ask('/always')
    await open.ask('/always')
    expect([failing.calls.length, open.calls.length]).toEqual([2, 2])
  })

  test('of TOKEN and REQUEST come from these events', async () => {
    const world = gateway()
    await world.ask('/token', { headers: { authorization: 'secret token' } })
    await world.ask('/request?q=1&q=2', { headers: { 'x-who': 'me' } })
    const [token, request] = world.calls.map((call) => JSON.parse(String(call.payload)) as Record<string, unknown>)
    expect(token).toEqual({ type: 'TOKEN', methodArn: 'arn:aws:execute-api:us-east-1:123456789012:test/dev/GET/token', authorizationToken: 'secret token' })
    expect(request).toMatchObject({
      type: 'REQUEST', methodArn: 'arn:aws:execute-api:us-east-1:123456789012:test/dev/GET/request', resource: '/request', path: '/request', httpMethod: 'GET',
      queryStringParameters: { q: '2' }, multiValueQueryStringParameters: { q: ['1', '2'] }, pathParameters: null, stageVariables: null,
      requestContext: { resourcePath: '/request', stage: 'dev', identity: { sourceIp: '127.0.0.1' } },
    })
    expect(request).not.toHaveProperty('body')
  })

  test('give the API key', async () => {
    const api = { apiKeySource: 'AUTHORIZER' as const }
    const resources = { '/k': { GET: custom('token', { apiKeyRequired: true }) } }
    const ask = async (usageIdentifierKey: string | null): Promise<number> => {
      const { functions } = functionsOf(() => grant([allow('*')], { usageIdentifierKey }))
      const access = accessOf({ usagePlans: [{ id: 'plan', apiStages: [{ apiId: 'test' as never, stage: 'dev' as never, throttle: {} }] }], apiKeys: { [KEY]: {} } })
      return (await gatewayOf(resources, { api: { authorizers: AUTHORIZERS, ...api }, ports: { access, functions } }).ask('/k', { headers: { authorization: 'x', 'x-api-key': KEY } })).status
    }
    expect([await ask(KEY), await ask(null), await ask('another-key-of-somebody')]).toEqual([200, 403, 403])
  })
})

describe('tokens', () => {
  test('of a user pool, by scopes and kinds', async () => {
    const signer = await createSigner()
    const world = gateway({ access: { keySets: { [POOL]: { keys: [signer.publicKey] } }, nowMs: () => NOW_MS } })
    const id = { iss: POOL, sub: 'alice', aud: 'c', token_use: 'id', exp: NOW_SECONDS + 60 }
    const access = { iss: POOL, sub: 'alice', client_id: 'c', token_use: 'access', scope: 'pets/read', exp: NOW_SECONDS + 60 }
    const ask = async (path: string, claims: object): Promise<string> => answerOf(await world.ask(path, { headers: { authorization: `Bearer ${await signer.sign({ ...claims })}` } }))
    expect(await ask('/pool', id)).toBe(IN)
    expect(await ask('/pool', access)).toBe(UNAUTHORIZED)
    expect(await ask('/scoped', access)).toBe(IN)
    expect(await ask('/scoped', { ...access, scope: 'pets/write' })).toBe(UNAUTHORIZED)
    expect(await ask('/scoped', id)).toBe(UNAUTHORIZED)
    expect(await ask('/pool', { ...id, exp: NOW_SECONDS })).toBe('401 UnauthorizedException {"message":"The incoming token has expired"}')
    expect(await ask('/pool', { ...id, iss: `${POOL}x` })).toBe(UNAUTHORIZED)
    expect(world.known.asked).toEqual([`keys of ${POOL}`])
  })

  test('of an issuer that is down', async () => {
    const signer = await createSigner()
    const token = await signer.sign({ iss: 'https://issuer.example', aud: 'me', exp: NOW_SECONDS + 60 })
    expect(await answerOf(await gateway().ask('/jwt', { headers: { authorization: token } }))).toBe('500 AuthorizerFailureException {"message":null}')
  })

  test('of keys that nobody knows make us ask once', async () => {
    const [signer, other] = [await createSigner(), await createSigner('RS256', 'key-2')]
    const world = gateway({ access: { keySets: { 'https://issuer.example': { keys: [signer.publicKey] } }, nowMs: () => NOW_MS } })
    for (let count = 0; count < 5; count += 1) {
      const token = await other.sign({ iss: 'https://issuer.example', aud: 'me', exp: NOW_SECONDS + 60 }, { kid: `kid-${count}` })
      expect((await world.ask('/jwt', { headers: { authorization: token } })).status).toBe(401)
    }
    expect(world.known.asked).toHaveLength(1)
  })

  test('are never logged, nor are keys and signatures', async () => {
    const world = gateway({ access: { apiKeys: { [KEY]: {} } } })
    const secrets = [KEY, 'Bearer-secret-token', 'wrong-signature-secret', encodePart({ sub: 'x' })]
    await world.ask('/key', { headers: { 'x-api-key': KEY } })
    await world.ask('/token', { headers: { authorization: 'Bearer-secret-token' } })
    await world.ask('/nothing', { headers: { authorization: 'Bearer Bearer-secret-token' } })
    await world.ask('/pool', { headers: { authorization: `a.${encodePart({ sub: 'x' })}.c` } })
    await world.ask('/iam', { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=wrong-signature-secret', 'x-api-key': KEY } })
    const text = JSON.stringify(world.lines)
    expect(world.lines).toHaveLength(5)
    for (const secret of secrets) expect(text).not.toContain(secret)
  })
})

describe('no spelling of a path reaches a method without its authorizer', () => {
  const spellings = [
    '/iam', '/iam/', '//iam', '///iam', '/./iam', '/x/../iam', '/%69am', '/i%61m', '/IAM', '/iam%2F', '/iam%00', '/iam;x=1', '/iam;', '/%2e/iam', '/iam%20', '/iam?x', '/iam#x', '/iam/.', '/iam//', '/iam%3f', '/%2Fiam', '/iam\\', '/iam%5c', '/iam/..;/iam', '/token/../iam', '/open/../iam', '/open%2f..%2fiam', '/iam.', '/iam%0a', '/key/..%2fiam',
  ]
  test.each(spellings)('%s', async (path) => {
    const world = gateway()
    for (const init of [{}, { method: 'HEAD' }, { headers: { 'x-http-method-override': 'GET' }, method: 'DELETE' }, { headers: { 'x-http-method-override': 'POST' } }]) {
      const response = await world.ask(path, init)
      expect([path, response.status]).toEqual([path, 403])
    }
  })
})
