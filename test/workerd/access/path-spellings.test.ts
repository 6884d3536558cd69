import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthorizerDocument } from '../../../kv-schemas/documents/deployment.ts'
import { answerOf, integrationOf, methodOf, mockOf } from '../../documents.ts'
import { spellingsOf } from '../../path-spellings.ts'
import { publish, type Ask } from '../mapping/publish.ts'

/** The paths that reached the open backend. */
const forwarded: string[] = []

beforeEach(() => {
  forwarded.length = 0
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    forwarded.push(new URL(new Request(input, init).url).pathname)
    return new Response('backend')
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const authorizer = (parts: Partial<AuthorizerDocument>): AuthorizerDocument => ({
  id: 'a', type: 'TOKEN', authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations', authorizerCredentials: null,
  identitySource: ['method.request.header.Authorization'], identityValidationExpression: null, authorizerResultTtlInSeconds: 300, providerARNs: [], jwtConfiguration: null, ...parts,
})
const AUTHORIZERS = {
  fn: authorizer({}),
  jwt: authorizer({ type: 'JWT', authorizerUri: null, jwtConfiguration: { issuer: 'https://issuer.test', audience: ['me'] } }),
  pool: authorizer({ type: 'COGNITO_USER_POOLS', authorizerUri: null, providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool'] }),
}
/** What a guarded method says when it is reached. */
const REACHED = 'guarded'
const guarded = mockOf({ integrationResponses: [answerOf({ responseTemplates: { 'application/json': REACHED } })] })
const GUARDS = {
  iam: methodOf(guarded, { authorizationType: 'AWS_IAM' }),
  fn: methodOf(guarded, { authorizationType: 'CUSTOM', authorizerId: 'fn' }),
  jwt: methodOf(guarded, { authorizationType: 'CUSTOM', authorizerId: 'jwt' }),
  pool: methodOf(guarded, { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'pool' }),
  key: methodOf(guarded, { apiKeyRequired: true }),
}
const open = methodOf(mockOf())
/** Beside the guarded resources everything is open, and leads to one backend that knows the guarded paths as well. */
const backend = methodOf(integrationOf({ uri: 'http://backend.test/{any}', requestParameters: { 'integration.request.path.any': 'method.request.path.any' } }), { requestParameters: { 'method.request.path.any': true } })

/** How each spelling is sent: by these, and on the method that is guarded as a whole by all of them. */
const FEW: readonly RequestInit[] = [{}, { method: 'POST', headers: { 'x-http-method-override': 'GET' } }]
const MANY: readonly RequestInit[] = [
  ...FEW, { method: 'HEAD' }, { method: 'OPTIONS' }, { method: 'POST', body: 'x' }, { method: 'DELETE' }, { headers: { 'x-http-method-override': 'OPTIONS' } }, { headers: { 'x-method-override': 'OPTIONS', 'x-original-url': '/open', 'x-rewrite-url': '/open', 'x-forwarded-prefix': '/open' } },
]

/** A path as a backend that resolves what RFC 3986 lets it resolve reads it, with slashes in a row as one. */
function readingOf(path: string): string {
  const decoded = path.replace(/%[0-9a-f]{2}/giu, (escape) => {
    const letter = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return /[\w.~-]/u.test(letter) ? letter : escape
  })
  return new URL(`http://backend.test${decoded.replace(/\/{2,}/gu, '/')}`).pathname.replace(/(?<=.)\/$/u, '')
}

/** Tries every spelling of the guarded path in every way; gives those that got to it, here or at the backend. */
async function intrudersOf(ask: Ask, path: string, inits = FEW): Promise<string[]> {
  const intruders: string[] = []
  for (const spelling of spellingsOf(path)) {
    for (const init of inits) {
      forwarded.length = 0
      const response = await ask(spelling, init)
      const text = await response.text()
      const isReached = text.includes(REACHED) || forwarded.some((seen) => readingOf(seen) === path || readingOf(seen).startsWith(`${path}/`))
      if (isReached) intruders.push(`${init.method ?? 'GET'} ${spelling}: ${response.status} ${forwarded.join(' ')}`)
    }
  }
  return intruders
}

const statement = (effect: string, resource: string) => ({ Effect: effect, Principal: '*', Action: 'execute-api:Invoke', Resource: resource })

describe('no spelling of a path gets to it past its guard', () => {
  for (const [guard, method] of Object.entries(GUARDS)) {
    for (const verb of guard === 'iam' ? ['GET', 'ANY'] : ['ANY']) {
      it(`${guard}, on ${verb}`, async () => {
        const api = { authorizers: AUTHORIZERS }
        const ask = await publish(`spell-${guard}-${verb.toLowerCase()}`, { '/open': { ANY: open }, '/secret': { [verb]: method, ...(verb === 'GET' ? { POST: method, HEAD: method, OPTIONS: method, DELETE: method } : {}) }, '/secret/{id}': { ANY: method }, '/secret/{id}/{rest+}': { ANY: method }, '/{any+}': { ANY: backend } }, { api })
        expect(await ask('/open').then(({ status }) => status)).toBe(200)
        expect(await intrudersOf(ask, '/secret', guard === 'iam' ? MANY : FEW)).toEqual([])
        expect(await intrudersOf(ask, '/secret/1')).toEqual([])
      })
    }
  }

  it('a resource policy', async () => {
    const policy = { Version: '2012-10-17', Statement: [statement('Allow', 'execute-api:/*'), statement('Deny', 'execute-api:/*/*/secret'), statement('Deny', 'execute-api:/*/*/secret/*')] }
    const ask = await publish('spell-policy', { '/open': { ANY: open }, '/{any+}': { ANY: backend } }, { api: { policy } })
    expect(await ask('/open').then(({ status }) => status)).toBe(200)
    expect(await intrudersOf(ask, '/secret')).toEqual([])
    expect(await intrudersOf(ask, '/secret/1')).toEqual([])
  })

  it('and the test would see one that did', async () => {
    const ask = await publish('spell-none', { '/open': { ANY: open }, '/secret': { ANY: methodOf(guarded) }, '/{any+}': { ANY: backend } })
    const intruders = await intrudersOf(ask, '/secret')
    expect(intruders.filter((one) => one.includes(' 200'))).not.toEqual([])
    expect(intruders).toContainEqual(expect.stringContaining('GET /%73ecret: 200'))
  })
})
