import { describe, expect, it } from 'vitest'
import { compileRules } from '../../../worker/semantics/rules/compile-rules.ts'
import { gatewayOf, type TestGateway } from '../../gateway.ts'
import { problemsOf } from '../semantics/rules/folder.ts'

const PROXY = { type: 'http_proxy', httpMethod: 'ANY', uri: 'https://backend.test/' }
const FAILS = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode": 200}' }, responses: {} }
const ANSWERS = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode": 200}' }, responses: { default: { statusCode: '200' } } }

const operation = (integration: object, more: object = {}): object => ({ responses: { '200': { description: 'ok' } }, 'x-amazon-apigateway-integration': integration, ...more })

/** An API with a proxy, two mocks and a path of its own mind, with the shorthand at the root. */
async function apiWith(cors: unknown, { paths = {}, root = {} }: { readonly paths?: object; readonly root?: object } = {}): Promise<TestGateway> {
  const definition = {
    openapi: '3.0.1',
    info: { title: 'T', version: '1' },
    'x-stagedoor-cors': cors,
    paths: { '/proxy': { 'x-amazon-apigateway-any-method': operation(PROXY) }, '/mock': { get: operation(ANSWERS), post: operation(ANSWERS) }, '/fails': { get: operation(FAILS) }, ...paths },
    ...root,
  }
  const compiled = await compileRules(new Map([['apis/test/api.json', JSON.stringify(definition)], ['apis/test/stages/dev.json', '{}']]), { env: {} })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const [deployment] = compiled.rules.deployments
  if (deployment === undefined) throw new Error('nothing was compiled')
  const resources = Object.fromEntries(deployment.resources.map(({ path, methods }) => [path, methods]))
  return gatewayOf(resources, { api: { ...deployment }, backend: () => new Response('ok', { headers: { vary: 'Accept' } }) })
}

const corsOf = ({ status, headers }: Response): Readonly<Record<string, unknown>> => ({ status, ...Object.fromEntries(Array.from(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary')) })
const from = (origin: string, init: RequestInit = {}): RequestInit => ({ ...init, headers: { origin } })

describe('x-stagedoor-cors with any origin', () => {
  const rows: readonly (readonly [method: string, path: string, expected: Readonly<Record<string, unknown>>])[] = [
    ['OPTIONS', '/mock', { status: 200, 'access-control-allow-headers': 'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token', 'access-control-allow-methods': 'GET,OPTIONS,POST', 'access-control-allow-origin': '*' }],
    ['OPTIONS', '/proxy', { status: 200, 'access-control-allow-headers': 'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token', 'access-control-allow-methods': 'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT', 'access-control-allow-origin': '*' }],
    ['GET', '/mock', { status: 200, 'access-control-allow-origin': '*' }],
    ['GET', '/proxy', { status: 200, 'access-control-allow-origin': '*', vary: 'Accept' }],
    ['GET', '/fails', { status: 500, 'access-control-allow-origin': '*' }],
    ['GET', '/none', { status: 403, 'access-control-allow-origin': '*' }],
    ['OPTIONS', '/none', { status: 403, 'access-control-allow-origin': '*' }],
  ]
  for (const [method, path, expected] of rows) {
    it(`${method} ${path} has the headers`, async () => {
      const gateway = await apiWith({ allowOrigins: ['*'] })
      expect(corsOf(await gateway.ask(path, from('https://a.test', { method })))).toEqual(expected)
    })
  }

  it('leaves the default bodies of errors as they are', async () => {
    const gateway = await apiWith({ allowOrigins: ['*'] })
    expect(await (await gateway.ask('/none')).text()).toBe('{"message":"Missing Authentication Token"}')
  })
})

const allowed = (origin: string): object => ({ 'access-control-allow-credentials': 'true', 'access-control-allow-origin': origin })

describe('x-stagedoor-cors with named origins', () => {
  const cors = { allowOrigins: ['https://a.test', 'https://*.b.test'], allowMethods: ['get'], allowHeaders: ['X-Own'], exposeHeaders: ['X-Count'], allowCredentials: true, maxAge: 600 }
  const rows: readonly (readonly [method: string, path: string, origin: string, expected: Readonly<Record<string, unknown>>])[] = [
    ['OPTIONS', '/mock', 'https://c.b.test', { status: 200, 'access-control-allow-headers': 'X-Own', 'access-control-allow-methods': 'GET', 'access-control-max-age': '600', vary: 'Origin', ...allowed('https://c.b.test') }],
    ['GET', '/mock', 'https://a.test', { status: 200, 'access-control-expose-headers': 'X-Count', vary: 'Origin', ...allowed('https://a.test') }],
    ['GET', '/mock', 'https://evil.test', { status: 200, 'access-control-expose-headers': 'X-Count', 'access-control-allow-credentials': 'true', vary: 'Origin' }],
    ['GET', '/proxy', 'https://a.test', { status: 200, 'access-control-expose-headers': 'X-Count', vary: 'Accept, Origin', ...allowed('https://a.test') }],
    ['GET', '/none', 'https://a.test', { status: 403, 'access-control-expose-headers': 'X-Count', vary: 'Origin', ...allowed('https://a.test') }],
  ]
  for (const [method, path, origin, expected] of rows) {
    it(`${method} ${path} from ${origin}`, async () => {
      const gateway = await apiWith(cors)
      expect(corsOf(await gateway.ask(path, from(origin, { method })))).toEqual(expected)
    })
  }

  it('keeps cached answers apart by origin', async () => {
    const compiled = await compileRules(new Map([['apis/test/api.json', JSON.stringify({ openapi: '3.0.1', info: { title: 'T', version: '1' }, 'x-stagedoor-cors': cors, paths: { '/a': { get: operation(PROXY) } } })]]), { env: {} })
    expect(compiled.ok && compiled.rules.deployments[0]?.resources[0]?.methods.GET?.integration.cacheKeyParameters).toEqual(['method.request.header.Origin'])
  })
})

describe('x-stagedoor-cors beside what the definition says itself', () => {
  it('keeps an OPTIONS method, a mapped header, a backend\'s header and a gateway response', async () => {
    const own = { ...ANSWERS, responses: { default: { statusCode: '200', responseParameters: { 'method.response.header.access-control-allow-origin': "'https://own.test'" } } } }
    const gateway = await apiWith({ allowOrigins: ['*'] }, {
      paths: { '/own': { options: operation(ANSWERS), get: operation(own) } },
      root: { 'x-amazon-apigateway-gateway-responses': { MISSING_AUTHENTICATION_TOKEN: { statusCode: 404, responseTemplates: { 'application/json': '{"no":1}' } }, DEFAULT_5XX: { responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'https://own.test'" } } } },
    })
    expect(corsOf(await gateway.ask('/own', { method: 'OPTIONS' }))).toEqual({ status: 200 })
    expect(corsOf(await gateway.ask('/own'))).toEqual({ status: 200, 'access-control-allow-origin': 'https://own.test' })
    expect(corsOf(await gateway.ask('/none'))).toEqual({ status: 404, 'access-control-allow-origin': '*' })
    expect(await (await gateway.ask('/none')).text()).toBe('{"no":1}')
    expect(corsOf(await gateway.ask('/fails'))).toEqual({ status: 500, 'access-control-allow-origin': 'https://own.test' })
  })

  it('can be turned off, or be of one path alone', async () => {
    const gateway = await apiWith({ allowOrigins: ['*'] }, { paths: { '/off': { 'x-stagedoor-cors': false, get: operation(ANSWERS) }, '/one': { 'x-stagedoor-cors': { allowOrigins: ['https://one.test'] }, get: operation(ANSWERS) } } })
    expect(corsOf(await gateway.ask('/off'))).toEqual({ status: 200 })
    expect(corsOf(await gateway.ask('/off', { method: 'OPTIONS' }))).toMatchObject({ status: 403 })
    expect(corsOf(await gateway.ask('/one'))).toEqual({ status: 200, 'access-control-allow-origin': 'https://one.test' })
  })

  it('answers preflight requests where every media type is binary', async () => {
    const gateway = await apiWith({ allowOrigins: ['*'] }, { root: { 'x-amazon-apigateway-binary-media-types': ['*/*'] } })
    expect(corsOf(await gateway.ask('/proxy', { method: 'OPTIONS' }))).toMatchObject({ status: 200, 'access-control-allow-origin': '*' })
  })
})

describe('what is refused of x-stagedoor-cors', () => {
  const rows: readonly (readonly [cors: unknown, message: RegExp])[] = [
    [{}, /"allowOrigins" is missing/u],
    ['*', /x-stagedoor-cors is an object/u],
    [{ allowOrigins: ['a.test'] }, /"a\.test" is no origin/u],
    [{ allowOrigins: ['https://a.test/path'] }, /is no origin/u],
    [{ allowOrigins: ['*'], allowCredentials: true }, /browsers refuse credentials/u],
    [{ allowOrigins: ['*'], allowHeaders: ["X-A', 'b"] }, /is no name of a header/u],
    [{ allowOrigins: ['*'], maxAge: -1 }, /number of seconds/u],
    [{ allowOrigins: ['*', 'https://a.test'] }, /warning .*the others do not matter/u],
    [{ allowOrigin: ['*'], allowOrigins: ['*'] }, /unknown field "allowOrigin" is ignored; did you mean "allowOrigins"/u],
  ]
  for (const [cors, message] of rows) {
    it(`says of ${JSON.stringify(cors)}: ${message.source}`, async () => {
      const definition = { openapi: '3.0.1', info: { title: 'T', version: '1' }, 'x-stagedoor-cors': cors, paths: { '/a': { get: operation(PROXY) } } }
      expect((await problemsOf({ 'apis/a/api.json': JSON.stringify(definition), 'apis/a/stages/dev.json': '{}' })).join('\n')).toMatch(message)
    })
  }
})
