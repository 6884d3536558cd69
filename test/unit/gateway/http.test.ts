import { describe, expect, it } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { UpstreamRequest } from '../../../worker/ports.ts'
import { answerOf, integrationOf, methodOf } from '../../documents.ts'
import { gatewayOf, type TestOptions } from '../../gateway.ts'

const http = (parts: Partial<IntegrationDocument> = {}): IntegrationDocument => integrationOf({ type: 'HTTP', httpMethod: 'POST', uri: 'https://backend.test/', integrationResponses: [answerOf()], ...parts })
const proxy = (parts: Partial<IntegrationDocument> = {}): IntegrationDocument => integrationOf({ type: 'HTTP_PROXY', httpMethod: 'ANY', uri: 'https://backend.test/', ...parts })

/** What a backend gets: its URL, and headers and body as asked for. */
async function sentBy(integration: IntegrationDocument, path: string, init: RequestInit = {}, options: TestOptions = {}): Promise<{ readonly request: UpstreamRequest; readonly status: number; readonly body: string }> {
  const gateway = gatewayOf({ '/{map+}': { ANY: methodOf(integration) } }, { backend: () => new Response('{"from":"backend"}'), ...options })
  const answer = await gateway.ask(path, init)
  const [request] = gateway.sent
  if (request === undefined) throw new Error(`nothing was sent: ${answer.status} ${await answer.text()} ${JSON.stringify(gateway.lines)}`)
  return { request, status: answer.status, body: request.body === null ? '' : await new Response(request.body).text() }
}

function without(headers: Headers, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(headers).filter(([name]) => !names.includes(name)))
}

describe('what an HTTP backend gets', () => {
  it('is only what is mapped, and the defaults of Amazon (aws-rest 5.3)', async () => {
    const { request, body } = await sentBy(http(), '/a?q=1', {
      method: 'POST',
      body: '{"message":"hello world"}',
      headers: { 'Content-Type': 'application/json', Accept: 'application/xml', 'User-Agent': 'test/integration', Authorization: 'x', 'X-Own': 'y' },
    })
    expect(request).toMatchObject({ url: 'https://backend.test/', method: 'POST' })
    expect(without(request.headers, 'x-amzn-trace-id')).toEqual({ accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'AmazonAPIGateway_test', 'x-amzn-apigateway-api-id': 'test' })
    expect(request.headers.get('x-amzn-trace-id')).toMatch(/^Root=1-/u)
    expect(body).toBe('{"message":"hello world"}')
  })

  it('has a body called JSON when the client did not say what it is', async () => {
    const { request, body } = await sentBy(http(), '/a', { method: 'POST', body: new TextEncoder().encode('{"a":1}') })
    expect(request.headers.get('content-type')).toBe('application/json')
    expect(body).toBe('{"a":1}')
  })

  it('has no content type without one of the client and without a body', async () => {
    const { request } = await sentBy(http(), '/a', { method: 'POST' })
    expect(request.headers.has('content-type')).toBe(false)
  })

  it('has no content type when the client asked by GET', async () => {
    const { request } = await sentBy(http(), '/a', { headers: { 'Content-Type': 'application/json' } })
    expect(request.headers.has('content-type')).toBe(false)
    expect(request.body).toBeNull()
  })

  it('has the mapped headers in place of the defaults, but for those that Amazon drops', async () => {
    const mapped = { Accept: 'text/html', 'User-Agent': 'Override-Agent', 'Content-Type': 'text/plain', Server: 'mine', 'WWW-Authenticate': 'Basic', Connection: 'close', Expect: 'x', TE: 'x', Via: 'x', 'Proxy-Authenticate': 'x' }
    const requestParameters = Object.fromEntries(Object.entries(mapped).map(([name, value]) => [`integration.request.header.${name}`, `'${value}'`]))
    const { request } = await sentBy(http({ requestParameters }), '/a')
    expect(without(request.headers, 'x-amzn-trace-id', 'x-amzn-apigateway-api-id')).toEqual({ accept: 'text/html', 'user-agent': 'Override-Agent', 'content-type': 'text/plain', server: 'mine', 'www-authenticate': 'Basic' })
  })

  it('fills the URI from mappings, and leaves what nothing fills', async () => {
    const requestParameters = { 'integration.request.path.status': 'method.request.path.map', 'integration.request.path.none': 'method.request.path.wrong' }
    const uri = 'https://backend.test/status/{status}/{none}/${stageVariables.v}'
    const { request } = await sentBy(http({ uri, requestParameters }), '/a%20b/c', {}, { stage: { variables: { v: 'stage' } } })
    expect(request.url).toBe('https://backend.test/status/a%20b/c/{none}/stage')
  })

  it('has mapped query parameters, several values as several parameters', async () => {
    const requestParameters = {
      'integration.request.querystring.one': 'method.request.querystring.q',
      'integration.request.querystring.all': 'method.request.multivaluequerystring.q',
      'integration.request.querystring.none': 'method.request.querystring.none',
    }
    const { request } = await sentBy(http({ uri: 'https://backend.test/?own=1', requestParameters }), '/a?q=x+y&q=%26&other=1')
    expect(request.url).toBe('https://backend.test/?own=1&one=%26&all=x%20y&all=%26')
  })

  it('has what the template writes and overrides', async () => {
    const template = `
#set($context.requestOverride.header.header = "headerOverride")
#set($context.requestOverride.header.multivalue = ["1header", "2header"])
#set($context.requestOverride.path.path = "pathOverride")
#set($context.requestOverride.querystring.qs = "queryOverride")
{"id":$input.json('$.id')}`
    const requestParameters = { 'integration.request.path.path': 'method.request.path.map', 'integration.request.querystring.qs': 'method.request.multivaluequerystring.qs', 'integration.request.header.header': 'method.request.header.header' }
    const integration = http({ uri: 'https://backend.test/{path}', requestParameters, requestTemplates: { 'application/json': template } })
    const { request, body } = await sentBy(integration, '/a?qs=qs1&qs=qs2', { method: 'POST', body: '{"id":7}', headers: { header: 'header1', 'content-type': 'application/json; charset=utf-8' } })
    expect(request.url).toBe('https://backend.test/pathOverride?qs=queryOverride')
    expect([request.headers.get('header'), request.headers.get('multivalue')]).toEqual(['headerOverride', '1header,2header'])
    expect(body.trim()).toBe('{"id":7}')
  })

  it('has both values when an override spells a header in another way (aws-rest 7.6)', async () => {
    const integration = http({ requestParameters: { 'integration.request.header.myHeader': "'mapped'" }, requestTemplates: { 'application/json': '#set($context.requestOverride.header.myheader = "override")' } })
    expect((await sentBy(integration, '/a')).request.headers.get('myheader')).toBe('mapped, override')
  })
})

describe('what an HTTP proxy gets', () => {
  it('is the request, but for what Amazon keeps (aws-rest 5.3)', async () => {
    const kept = { accept: 'application/xml', 'accept-encoding': 'br', age: '1', authorization: 'Unauthorized', 'content-type': 'application/json', pragma: 'cache', range: 'bytes=500-999', referer: 'https://example.com/', 'user-agent': 'test', warn: '299', 'x-custom': 'c' }
    const dropped = { connection: 'close', 'content-md5': 'x', 'max-forwards': '2', te: 'x', trailer: 'x', upgrade: 'x', server: 'x', via: '1.1 x', 'content-encoding': 'identity', host: 'x', 'www-authenticate': 'x', 'proxy-authenticate': 'x', expect: 'x' }
    const { request, body } = await sentBy(proxy(), '/a?x=%2F&y', { method: 'PUT', body: '{}', headers: { ...kept, ...dropped } })
    expect(request).toMatchObject({ url: 'https://backend.test/?x=%2F&y', method: 'PUT' })
    expect(without(request.headers, 'x-amzn-trace-id')).toEqual({ ...kept, 'x-amzn-apigateway-api-id': 'test' })
    expect(body).toBe('{}')
  })

  it('adds mappings to the request as Amazon recorded it (aws-rest 5.2)', async () => {
    const requestParameters = {
      'integration.request.header.headerVar': 'method.request.header.foobar',
      'integration.request.path.qsVar': 'method.request.querystring.testVar',
      'integration.request.path.pathVar': 'method.request.path.map',
      'integration.request.querystring.queryString': 'method.request.querystring.testQueryString',
      'integration.request.querystring.testQs': 'method.request.querystring.testQueryString',
      'integration.request.querystring.testEmptyQs': 'method.request.header.emptyheader',
    }
    const integration = proxy({ uri: 'https://backend.test/?testVar={pathVar}&testQs={qsVar}', requestParameters })
    const { request } = await sentBy(integration, '/foobar?testQueryString=foo&testVar=bar', { method: 'POST', body: '{}', headers: { foobar: 'mapped-value', headerVar: 'request-value' } })
    const args = new URL(request.url).searchParams
    expect(Object.fromEntries(Array.from(args.keys(), (name) => [name, args.getAll(name).join(',')]))).toEqual({ queryString: 'foo', testQs: 'bar,foo', testQueryString: 'foo', testVar: 'foobar,bar' })
    expect([request.headers.get('foobar'), request.headers.get('headervar')]).toEqual(['mapped-value', 'mapped-value'])
  })

  it('has no body when it is asked by GET', async () => {
    expect((await sentBy(proxy({ httpMethod: 'GET' }), '/a', { method: 'POST', body: 'x' })).request.body).toBeNull()
  })

  it('keeps a value in its place in the URI', async () => {
    const requestParameters = { 'integration.request.path.p': 'method.request.querystring.p', 'integration.request.path.q': 'method.request.path.map' }
    const integration = proxy({ uri: 'https://backend.test/x/{p}?q={q}', requestParameters })
    expect((await sentBy(integration, '/a&b=c?p=a/b%3Fc%23d%25e')).request.url).toBe('https://backend.test/x/a/b%3Fc%23d%25e?q=a%26b=c&p=a/b%3Fc%23d%25e')
  })
})

describe('requests that are refused on the way to the backend', () => {
  it('declare more than 10 MB: a proxy refuses them before a byte is read (aws-rest 3.1)', async () => {
    const gateway = gatewayOf({ '/a': { ANY: methodOf(proxy()) } }, { backend: () => new Response('never') })
    const answer = await gateway.ask('/a', { method: 'POST', body: 'short', headers: { 'Content-Length': '10485761' } })
    expect([answer.status, await answer.text(), gateway.sent.length]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.', 0])
  })

  const rows: readonly (readonly [name: string, integration: IntegrationDocument, init: RequestInit & { readonly path?: string }, status: number, body: string])[] = [
    ['a mapped Content-Length', http({ requestParameters: { 'integration.request.header.content-length': "'3'" } }), {}, 500, '{"message": "Internal server error"}'],
    ['a mapped Transfer-Encoding', proxy({ requestParameters: { 'integration.request.header.Transfer-Encoding': "'chunked'" } }), {}, 500, '{"message": "Internal server error"}'],
    ['a mapped trace id', proxy({ requestParameters: { 'integration.request.header.X-Amzn-Trace-Id': "'x'" } }), {}, 500, '{"message": "Internal server error"}'],
    ['a Content-Length by override', http({ requestTemplates: { 'application/json': '#set($context.requestOverride.header.Content-Length = "3")' } }), {}, 500, '{"message": "Internal server error"}'],
    ['a body that should be JSON, in a mapping', http({ requestParameters: { 'integration.request.header.a': 'method.request.body' } }), { method: 'POST', body: '\n{wrongjson' }, 400, '{"message": "Invalid JSON in request body"}'],
    ['a body that should be JSON, in a mapping of a proxy', proxy({ requestParameters: { 'integration.request.header.a': 'method.request.body.x' } }), { method: 'POST', body: '[' }, 400, '{"message": "Invalid JSON in request body"}'],
    ['dot segments in a mapped path', proxy({ uri: 'https://backend.test/files/{f}', requestParameters: { 'integration.request.path.f': 'method.request.querystring.f' } }), { path: '?f=../../admin' }, 400, '{"message": "Invalid value of path parameter: f"}'],
    ['encoded dot segments in an override', http({ uri: 'https://backend.test/files/{f}', requestTemplates: { 'application/json': '#set($context.requestOverride.path.f = "a/%2e%2E/b")' } }), {}, 400, '{"message": "Invalid value of path parameter: f"}'],
    ['a content type without template, NEVER', http({ passthroughBehavior: 'NEVER' }), {}, 415, '{"message": "Unsupported Media Type"}'],
    ['binary where a template takes text', http({ requestTemplates: { 'image/png': '$input.body' } }), { method: 'POST', body: new Uint8Array([0x89, 0x50, 0xff]), headers: { 'content-type': 'image/png' } }, 500, '{"message": "Internal server error"}'],
    ['text that is no base64', http({ contentHandling: 'CONVERT_TO_BINARY' }), { method: 'POST', body: 'no base64!', headers: { 'content-type': 'text/plain' } }, 500, '{"message": "Internal server error"}'],
  ]
  for (const [name, integration, init, status, body] of rows) {
    it(`refuses ${name}`, async () => {
      const gateway = gatewayOf({ '/a': { ANY: methodOf(integration) } }, { api: { binaryMediaTypes: ['image/png'] } })
      const answer = await gateway.ask(`/a${init.path ?? ''}`, init)
      expect([answer.status, await answer.text(), answer.headers.has('x-amzn-trace-id')]).toEqual([status, body, false])
      expect(gateway.sent).toEqual([])
    })
  }
})

describe('passthrough behaviour (aws-rest 6.8)', () => {
  const json = { 'application/json': 'T' }
  const rows: readonly (readonly [templates: Record<string, string>, behaviour: IntegrationDocument['passthroughBehavior'], contentType: string | null, sent: string])[] = [
    [json, 'WHEN_NO_MATCH', 'application/json', 'T'],
    [json, 'WHEN_NO_MATCH', 'Application/JSON; charset=utf-8', 'T'],
    [json, 'WHEN_NO_MATCH', null, 'T'],
    [json, 'WHEN_NO_TEMPLATES', 'application/json', 'T'],
    [json, 'NEVER', 'application/json', 'T'],
    [json, 'WHEN_NO_MATCH', 'text/xml', 'body'],
    [json, 'WHEN_NO_TEMPLATES', 'text/xml', '415'],
    [json, 'NEVER', 'text/xml', '415'],
    [{}, 'WHEN_NO_MATCH', 'text/xml', 'body'],
    [{}, 'WHEN_NO_TEMPLATES', 'text/xml', 'body'],
    [{}, 'NEVER', 'text/xml', '415'],
    [{ $default: 'D', ...json }, 'NEVER', 'text/xml', 'D'],
    [{ $default: 'D', ...json }, 'NEVER', 'application/json', 'T'],
  ]
  for (const [requestTemplates, passthroughBehavior, contentType, sent] of rows) {
    it(`${Object.keys(requestTemplates).join('+')} ${passthroughBehavior} ${contentType ?? 'no content type'} sends ${sent}`, async () => {
      const gateway = gatewayOf({ '/a': { ANY: methodOf(http({ requestTemplates, passthroughBehavior })) } }, { backend: () => new Response('ok') })
      const body = new TextEncoder().encode('body')
      const answer = await gateway.ask('/a', { method: 'POST', body, headers: contentType === null ? {} : { 'content-type': contentType } })
      const [request] = gateway.sent
      expect(request === undefined ? String(answer.status) : await new Response(request.body).text()).toBe(sent)
    })
  }
})

describe('what a client gets of an HTTP backend (aws-rest 5.4, 6.4)', () => {
  const selecting = http({ integrationResponses: [answerOf(), answerOf({ selectionPattern: '4\\d{2}', statusCode: '400' })] })
  const statuses: readonly (readonly [backend: number, client: number])[] = [[200, 200], [201, 200], [404, 400], [500, 200]]
  for (const [backend, client] of statuses) {
    it(`answers ${client} for ${backend}`, async () => {
      const gateway = gatewayOf({ '/a': { GET: methodOf(selecting) } }, { backend: () => new Response('{"a":1}', { status: backend, headers: { 'content-type': 'text/plain', 'x-back': 'b' } }) })
      const answer = await gateway.ask('/a')
      expect([answer.status, await answer.text(), answer.headers.get('content-type'), answer.headers.has('x-back'), answer.headers.has('x-amzn-trace-id')]).toEqual([client, '{"a":1}', 'application/json', false, true])
    })
  }

  it('renames mapped headers by the table', async () => {
    const passed = ['Accept', 'Accept-Charset', 'Accept-Encoding', 'Age', 'Content-Encoding', 'Content-Type', 'Pragma', 'Range', 'Referer', 'TE', 'Via', 'Warn']
    const remapped = ['Authorization', 'Connection', 'Content-Length', 'Content-MD5', 'Date', 'Expect', 'Host', 'Max-Forwards', 'Proxy-Authenticate', 'Server', 'Trailer', 'Upgrade', 'User-Agent', 'WWW-Authenticate']
    const responseParameters = Object.fromEntries([...passed, ...remapped, 'Transfer-Encoding'].map((name) => [`method.response.header.${name}`, `'response_param_${name}'`]))
    const gateway = gatewayOf({ '/a': { GET: methodOf(http({ integrationResponses: [answerOf({ responseParameters })] })) } }, { backend: () => new Response('{}') })
    const answer = await gateway.ask('/a')
    const expected = [...passed.map((name) => [name.toLowerCase(), `response_param_${name}`]), ...remapped.map((name) => [`x-amzn-remapped-${name.toLowerCase()}`, `response_param_${name}`])]
    expect(without(answer.headers, 'x-amzn-trace-id', 'x-amzn-requestid', 'x-amz-apigw-id')).toEqual(Object.fromEntries(expected))
  })

  it('maps headers and the body of the answer', async () => {
    const responseParameters = {
      'method.response.header.X-One': 'integration.response.header.x-back',
      'method.response.header.X-All': 'integration.response.multivalueheader.X-Multi',
      'method.response.header.X-Body': 'integration.response.body.error.code',
      'method.response.header.X-None': 'integration.response.body.none',
      'method.response.header.X-Stage': 'context.stage',
    }
    const gateway = gatewayOf({ '/a': { GET: methodOf(http({ integrationResponses: [answerOf({ responseParameters })] })) } }, { backend: () => new Response('{"error":{"code":7}}', { headers: [['X-Back', 'b'], ['X-Multi', '1'], ['X-Multi', '2']] }) })
    const answer = await gateway.ask('/a')
    expect(without(answer.headers, 'x-amzn-trace-id', 'x-amzn-requestid', 'x-amz-apigw-id', 'content-type')).toEqual({ 'x-one': 'b', 'x-all': '1,2', 'x-body': '7', 'x-stage': 'dev' })
    expect(await answer.text()).toBe('{"error":{"code":7}}')
  })

  it('answers 500 when a mapping reads JSON and the answer is none', async () => {
    const integration = http({ integrationResponses: [answerOf({ responseParameters: { 'method.response.header.X': 'integration.response.body' } })] })
    const gateway = gatewayOf({ '/a': { GET: methodOf(integration) } }, { backend: () => new Response('{wrong') })
    expect((await gateway.ask('/a')).status).toBe(500)
  })

  it('renders the response template on the answer, with the parameters of the request', async () => {
    const integration = http({ integrationResponses: [answerOf({ responseTemplates: { 'application/json': "$input.path('$.from') $input.params('q') $input.body" } })] })
    const gateway = gatewayOf({ '/a': { GET: methodOf(integration) } }, { backend: () => new Response('{"from":"backend"}') })
    expect(await (await gateway.ask('/a?q=1')).text()).toBe('backend 1 {"from":"backend"}')
  })
})

describe('what a client gets of an HTTP proxy (aws-rest 5.4)', () => {
  it('is the answer with the renamed headers', async () => {
    const gateway = gatewayOf({ '/a': { GET: methodOf(proxy({ integrationResponses: [answerOf({ statusCode: '418' })] })) } }, {
      backend: () => new Response('text', { status: 201, headers: [['Content-Type', 'text/plain'], ['Date', 'd'], ['Server', 's'], ['Content-Length', '4'], ['x-amzn-RequestId', 'own'], ['Via', 'v'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['X-Amzn-Trace-Id', 'back'], ['WWW-Authenticate', 'Basic']] }),
    })
    const answer = await gateway.ask('/a')
    expect([answer.status, await answer.text()]).toEqual([201, 'text'])
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(without(answer.headers, 'set-cookie', 'x-amz-apigw-id')).toEqual({
      'content-type': 'text/plain', 'x-amzn-remapped-date': 'd', 'x-amzn-remapped-server': 's', 'x-amzn-remapped-content-length': '4', 'x-amzn-remapped-x-amzn-requestid': 'own',
      'x-amzn-requestid': '00000000-0000-4000-8000-000000000001', 'x-amzn-trace-id': 'back', 'www-authenticate': 'Basic',
    })
  })

  it('has no trace id of ours', async () => {
    const gateway = gatewayOf({ '/a': { GET: methodOf(proxy()) } }, { backend: () => new Response('x') })
    expect((await gateway.ask('/a')).headers.has('x-amzn-trace-id')).toBe(false)
  })

  for (const status of [204, 205, 304]) {
    it(`has no body with ${status}`, async () => {
      const gateway = gatewayOf({ '/a': { GET: methodOf(proxy()) } }, { backend: () => new Response(null, { status }) })
      const answer = await gateway.ask('/a')
      expect([answer.status, answer.body]).toEqual([status, null])
    })
  }

  it('has no body for HEAD, errors included', async () => {
    const gateway = gatewayOf({ '/a': { ANY: methodOf(proxy()) } }, { backend: () => new Response('x') })
    expect((await gateway.ask('/a', { method: 'HEAD' })).body).toBeNull()
    expect((await gateway.ask('/none', { method: 'HEAD' })).body).toBeNull()
  })
})
