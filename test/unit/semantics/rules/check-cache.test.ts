import { describe, expect, it } from 'vitest'
import { problemsOf } from './folder.ts'

const API = 'apis/shop/api.json'
const STAGE = 'apis/shop/stages/dev.json'

type Json = Readonly<Record<string, unknown>>

const HTTP = { type: 'http', httpMethod: 'GET', uri: 'https://example.com/pets', responses: { default: { statusCode: '200' } } }
const PROXY = { type: 'http_proxy', httpMethod: 'GET', uri: 'https://example.com/pets' }
const TOKEN_READ = { requestTemplates: { 'application/json': `{"token": "$input.params('Authorization')"}` } }
const AUTHORIZED = { security: [{ door: [] }] }
const KEYED = { security: [{ key: [] }] }
const SCHEMES = {
  door: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:door/invocations' },
  },
  key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
}

interface Folder {
  readonly integration: Json
  readonly operation?: Json
  readonly settings?: Json
  readonly stage?: Json
}

async function warningsOf({ integration, operation = {}, settings = {}, stage = {} }: Folder): Promise<readonly string[]> {
  const get = { responses: { '200': { description: 'ok' } }, parameters: [{ name: 'Authorization', in: 'header', schema: { type: 'string' } }], 'x-amazon-apigateway-integration': integration, ...operation }
  const definition = { openapi: '3.0.1', info: { title: 'Shop', version: '1' }, paths: { '/pets': { get } }, components: { securitySchemes: SCHEMES } }
  const rule = { cacheClusterEnabled: true, ...stage, methodSettings: { '*/*': { cachingEnabled: true, ...settings } } }
  return problemsOf({ [API]: JSON.stringify(definition), [STAGE]: JSON.stringify(rule, null, 2) })
}

const AT = `warning ${STAGE}:5:25 methodSettings["*/*"].cachingEnabled`
const LEAK = "one caller's answer reaches the others"
const REMEDY = 'add method.request.header.Authorization to its cacheKeyParameters, or set "shared": true if the answer is the same for all'
const READ = `${AT} GET /pets is cached, its request template reads $input.params('Authorization'), and nothing of the caller is in its key: ${LEAK}; ${REMEDY}`

const WARNED: readonly (readonly [string, Folder, string])[] = [
  ['a template that reads a token', { integration: { ...HTTP, ...TOKEN_READ } }, READ],
  ['a template that reads a token, behind an API key', { integration: { ...HTTP, ...TOKEN_READ }, operation: KEYED }, READ],
  [
    'a mapping that passes a token on',
    { integration: { ...HTTP, requestParameters: { 'integration.request.header.X-Who': 'method.request.header.Authorization' } } },
    `${AT} GET /pets is cached, its mapping of integration.request.header.X-Who reads method.request.header.Authorization, and nothing of the caller is in its key: ${LEAK}; ${REMEDY}`,
  ],
  [
    'a template that reads an API key that nobody checks',
    { integration: { ...HTTP, requestTemplates: { 'application/json': "$input.params('x-api-key')" } } },
    `${AT} GET /pets is cached, its request template reads $input.params('x-api-key'), and nothing of the caller is in its key: ${LEAK}; ${REMEDY.replace('Authorization', 'x-api-key')}`,
  ],
  [
    'claims of callers who share answers',
    { integration: { ...HTTP, requestTemplates: { 'application/json': '$context.authorizer.principalId' } }, operation: AUTHORIZED, settings: { shared: true } },
    `warning ${STAGE}:6:17 methodSettings["*/*"].shared GET /pets is cached, its request template reads $context.authorizer.principalId, and nothing of the caller is in its key: ${LEAK}; take "shared" away, or add method.request.header.Authorization to its cacheKeyParameters`,
  ],
  [
    'an open proxy',
    { integration: PROXY },
    `${AT} GET /pets is cached, its backend gets the Authorization header, and nothing of the caller is in its key: if a backend looks at it, ${LEAK}; add method.request.header.Authorization to cacheKeyParameters, or set "shared": true if the answer is the same for all`,
  ],
]

describe('a cached method whose key ignores the caller: validate warns of', () => {
  it.each(WARNED)('%s', async (_name, folder, expected) => {
    expect(await warningsOf(folder)).toEqual([expected])
  })

  it('many open proxies in one line', async () => {
    const paths = Object.fromEntries(['/a', '/b', '/c', '/d', '/e'].map((path) => [path, { get: { responses: {}, 'x-amazon-apigateway-integration': PROXY } }]))
    const definition = { openapi: '3.0.1', info: { title: 'Shop', version: '1' }, paths }
    const [warning, ...others] = await problemsOf({ [API]: JSON.stringify(definition), [STAGE]: JSON.stringify({ cacheClusterEnabled: true, methodSettings: { '*/*': { cachingEnabled: true } } }) })
    expect([warning?.includes('GET /a, GET /b, GET /c and 2 more are cached, their backends get the Authorization header'), others]).toEqual([true, []])
  })
})

const QUIET: readonly (readonly [string, Folder])[] = [
  ['the token is in the key', { integration: { ...HTTP, ...TOKEN_READ, cacheKeyParameters: ['method.request.header.Authorization'] } }],
  ['the method is authorized', { integration: { ...HTTP, ...TOKEN_READ }, operation: AUTHORIZED }],
  ['the answer is said to be the same for all', { integration: { ...HTTP, ...TOKEN_READ }, settings: { shared: true } }],
  ['the API key that is read is checked', { integration: { ...HTTP, requestTemplates: { 'application/json': '$context.identity.apiKeyId' } }, operation: KEYED }],
  ['the backend says what may be shared', { integration: { ...HTTP, ...TOKEN_READ }, stage: { cachePolicy: 'rfc9111' } }],
  ['nothing is read of the caller', { integration: HTTP }],
  ['a proxy is authorized', { integration: PROXY, operation: AUTHORIZED }],
  ['a proxy is shared', { integration: PROXY, settings: { shared: true } }],
  ['callers share the answers of a proxy', { integration: PROXY, operation: AUTHORIZED, settings: { shared: true } }],
  ['the method is not cached', { integration: { ...HTTP, ...TOKEN_READ }, settings: { cachingEnabled: false } }],
  ['nothing is kept', { integration: { ...HTTP, ...TOKEN_READ }, settings: { cacheTtlInSeconds: 0 } }],
  ['the stage has no cache', { integration: { ...HTTP, ...TOKEN_READ }, stage: { cacheClusterEnabled: false }, settings: { cachingEnabled: false } }],
]

describe('validate is quiet when', () => {
  it.each(QUIET)('%s', async (_name, folder) => {
    expect(await warningsOf(folder)).toEqual([])
  })
})

describe('settings that cache nothing: validate warns of', () => {
  it('a stage without a cache, once', async () => {
    const methodSettings = { '*/*': { cachingEnabled: true }, 'pets/GET': { cachingEnabled: true } }
    expect(await warningsOf({ integration: HTTP, stage: { cacheClusterEnabled: false }, })).toEqual([`${AT} nothing is cached, because the stage has no cache: set "cacheClusterEnabled": true`])
    const definition = { openapi: '3.0.1', info: { title: 'Shop', version: '1' }, paths: { '/pets': { get: { responses: {}, 'x-amazon-apigateway-integration': HTTP } } } }
    const problems = await problemsOf({ [API]: JSON.stringify(definition), [STAGE]: JSON.stringify({ methodSettings }) })
    expect(problems.filter((problem) => problem.includes('nothing is cached'))).toHaveLength(1)
  })

  it('a method of its own setting that streams, but not of one that all methods share', async () => {
    const streaming = { ...PROXY, responseTransferMode: 'STREAM' }
    const definition = { openapi: '3.0.1', info: { title: 'Shop', version: '1' }, paths: { '/pets': { get: { responses: {}, 'x-amazon-apigateway-integration': streaming } } } }
    const warnings = (key: string) => problemsOf({ [API]: JSON.stringify(definition), [STAGE]: JSON.stringify({ cacheClusterEnabled: true, methodSettings: { [key]: { cachingEnabled: true } } }) })
    expect(await warnings('pets/GET')).toEqual([expect.stringContaining('methodSettings["pets/GET"].cachingEnabled GET /pets streams its answers, and those are never stored')])
    expect(await warnings('*/*')).toEqual([])
  })
})
