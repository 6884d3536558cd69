import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answerOf, integrationOf, methodOf, mockOf } from '../../documents.ts'
import { publish } from './publish.ts'

/** What the backends of a test got, oldest first; bodies are read where they arrive, because they belong to that request. */
const sent: { readonly request: Request; readonly text: string }[] = []
let answer: () => Response = () => new Response('{}')

beforeEach(() => {
  sent.length = 0
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    sent.push({ request, text: await request.clone().text() })
    return answer()
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const json = (template: string): Record<string, string> => ({ 'application/json': template })
const http = (parts: Parameters<typeof integrationOf>[0] = {}): ReturnType<typeof integrationOf> => integrationOf({ type: 'HTTP', httpMethod: 'POST', uri: 'https://backend.test/{id}', integrationResponses: [answerOf()], ...parts })

describe('the whole Worker', () => {
  it('transforms a request and its answer', async () => {
    answer = () => new Response('{"name":"Fido"}', { status: 404, headers: { 'x-version': '7' } })
    const ask = await publish('transform', {
      '/pets/{id}': {
        POST: methodOf(
          http({
            requestParameters: { 'integration.request.path.id': 'method.request.path.id', 'integration.request.querystring.q': 'method.request.querystring.q', 'integration.request.header.X-Stage': 'stageVariables.colour' },
            requestTemplates: json('{"pet":"$input.path(\'$.pet\')","stage":"$context.stage"}'),
            integrationResponses: [answerOf(), answerOf({ selectionPattern: '4\\d{2}', statusCode: '410', responseParameters: { 'method.response.header.X-Version': 'integration.response.header.X-Version' }, responseTemplates: json('gone: $input.path("$.name")') })],
          }),
        ),
      },
    }, { stage: { variables: { colour: 'blue' } } })
    const response = await ask('/pets/7?q=a%26b', { method: 'POST', body: '{"pet":"dog"}', headers: { 'content-type': 'application/json' } })
    expect([response.status, await response.text(), response.headers.get('x-version'), response.headers.has('x-amzn-trace-id')]).toEqual([410, 'gone: Fido', '7', true])
    const [{ request, text } = { request: new Request('http://none.test'), text: '' }] = sent
    expect([request.url, request.headers.get('x-stage'), request.headers.get('user-agent'), text]).toEqual(['https://backend.test/7?q=a%26b', 'blue', 'AmazonAPIGateway_transform', '{"pet":"dog","stage":"dev"}'])
  })

  it('answers mocks without a backend, with the headers that every answer has', async () => {
    const ask = await publish('mocks', { '/m': { GET: methodOf(mockOf({ integrationResponses: [answerOf({ responseTemplates: json('{"id":"$context.requestId"}') })] })) } })
    const response = await ask('/m')
    const { id } = await response.json<{ id: string }>()
    expect(response.headers.get('x-amzn-requestid')).toBe(id)
    expect([response.headers.get('content-type'), response.headers.has('x-amz-apigw-id'), sent.length]).toEqual(['application/json', true, 0])
  })

  it('compresses once, and a client reads it', async () => {
    const text = 'abc'.repeat(1_000)
    answer = () => new Response(text)
    const ask = await publish('compressed', { '/p': { GET: methodOf(integrationOf()) } }, { api: { minimumCompressionSize: 100 } })
    const response = await ask('/p', { headers: { 'accept-encoding': 'gzip' } })
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual(['gzip', text])
  })

  it('reads a compressed request, and refuses one that is not', async () => {
    const ask = await publish('unpacked', { '/p': { POST: methodOf(http({ uri: 'https://backend.test/' })) } }, { api: { minimumCompressionSize: 0 } })
    const packed = await new Response(new Response('plain').body?.pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
    expect((await ask('/p', { method: 'POST', body: packed, headers: { 'content-encoding': 'gzip' } })).status).toBe(200)
    expect(sent[0]?.text).toBe('plain')
    expect((await ask('/p', { method: 'POST', body: 'plain', headers: { 'content-encoding': 'gzip' } })).status).toBe(415)
  })

  it('answers HEAD, 204 and 304 without a body', async () => {
    const ask = await publish('bodiless', {
      '/m': { ANY: methodOf(mockOf({ integrationResponses: [answerOf({ responseTemplates: json('text') })] })) },
      '/no-content': { GET: methodOf(mockOf({ integrationResponses: [answerOf({ statusCode: '204', responseTemplates: json('text') })] })) },
      '/not-modified': { GET: methodOf(mockOf({ integrationResponses: [answerOf({ statusCode: '304', responseTemplates: json('text') })] })) },
    })
    expect(await (await ask('/m')).text()).toBe('text')
    for (const response of [await ask('/m', { method: 'HEAD' }), await ask('/no-content'), await ask('/not-modified'), await ask('/none', { method: 'HEAD' })]) expect(await response.text()).toBe('')
  })

  it('keeps what clients send in its place in headers', async () => {
    const ask = await publish('headers', { '/m': { GET: methodOf(mockOf({ integrationResponses: [answerOf({ responseTemplates: json("#set($context.responseOverride.header.X-Echo = $input.params('q'))") })] })) } })
    const response = await ask('/m?q=a%0D%0ASet-Cookie:%20x=1%00%C3%A9%E2%82%AC')
    expect([response.status, response.headers.get('x-echo'), response.headers.has('set-cookie')]).toEqual([200, 'a  Set-Cookie: x=1 %C3%A9%E2%82%AC', false])
  })
})

describe('hostile bodies', () => {
  const tree = { properties: { a: { $ref: '#' } }, items: { $ref: '#' }, uniqueItems: true }
  const bodies: readonly (readonly [name: string, body: string | Uint8Array])[] = [
    ['a megabyte of nested arrays', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['a megabyte of nested objects', `${'{"a":'.repeat(180_000)}1${'}'.repeat(180_000)}`],
    ['399 nested arrays', `${'['.repeat(399)}${']'.repeat(399)}`],
    ['__proto__ and constructor', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xc0, 0x22, 0x3a, 0x31, 0x7d])],
    ['NUL bytes', new Uint8Array(10_000)],
    ['lone surrogates', '{"a":"\\ud800"}'],
    ['a number without end', `{"a":${'9'.repeat(100_000)}}`],
  ]
  for (const [name, body] of bodies) {
    it(`${name}: 400 or an answer, never a fault of ours`, async () => {
      const ask = await publish(`hostile-${bodies.findIndex(([other]) => other === name)}`, {
        '/validated': { POST: methodOf(mockOf(), { requestValidator: { validateRequestBody: true, validateRequestParameters: false }, requestModels: { 'application/json': 'Tree' } }) },
        '/rendered': { POST: methodOf(mockOf({ requestTemplates: json('#set($all = $input.path("$")){"statusCode": 200}'), integrationResponses: [answerOf({ responseTemplates: json('$input.params()') })] })) },
        '/mapped': { POST: methodOf(mockOf({ requestParameters: { 'integration.request.header.a': 'method.request.body.a', 'integration.request.querystring.b': 'method.request.body' } })) },
      }, { api: { models: { Tree: { contentType: 'application/json', schema: tree } } } })
      for (const path of ['/validated', '/rendered', '/mapped']) {
        const response = await ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
        expect([path, [200, 400].includes(response.status)]).toEqual([path, true])
      }
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    })
  }
})
