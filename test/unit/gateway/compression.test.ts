import { describe, expect, it } from 'vitest'
import { chooseContentEncoding } from '../../../worker/semantics/integrations/content-encoding.ts'
import { answerOf, integrationOf, methodOf, mockOf } from '../../documents.ts'
import { gatewayOf } from '../../gateway.ts'

const TEXT = 'a'.repeat(1_000)

async function packed(text: string, format: 'gzip' | 'deflate'): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Response(text).body?.pipeThrough(new CompressionStream(format))).arrayBuffer())
}

async function unpacked(response: Response, format: string | null): Promise<string> {
  if (format === null) return response.text()
  return new Response(response.body?.pipeThrough(new DecompressionStream(format as 'gzip'))).text()
}

function flowing(...chunks: readonly string[]): Response {
  return new Response(new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      controller.close()
    },
  }))
}

describe('the encoding of an answer', () => {
  const rows: readonly (readonly [accept: string | null, encoding: string | null])[] = [
    [null, null],
    ['', null],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip, deflate, br', 'gzip'],
    ['deflate, gzip', 'gzip'],
    ['deflate, gzip;q=0.5', 'deflate'],
    ['gzip;q=0', null],
    ['GZIP;Q=1', 'gzip'],
    ['br, zstd', null],
    ['identity', null],
    ['*', 'gzip'],
    ['*;q=0', null],
    ['gzip;q=x', null],
  ]
  for (const [accept, encoding] of rows) {
    it(`for ${accept ?? 'no Accept-Encoding'} is ${encoding ?? 'none'}`, () => {
      expect(chooseContentEncoding(accept)).toBe(encoding)
    })
  }
})

describe('compressed answers (aws-rest 6.11)', () => {
  const rows: readonly (readonly [name: string, bytesMin: number | null, backend: () => Response, encoding: string | null])[] = [
    ['off', null, () => new Response(TEXT), null],
    ['whole and large enough', 1_000, () => new Response(TEXT), 'gzip'],
    ['whole and too small', 1_001, () => new Response(TEXT), null],
    ['flowing and large enough', 700, () => flowing(TEXT.slice(0, 400), TEXT.slice(400)), 'gzip'],
    ['flowing and too small', 1_001, () => flowing(TEXT.slice(0, 400), TEXT.slice(400)), null],
    ['of any size', 0, () => new Response(TEXT), 'gzip'],
    ['encoded by the backend', 0, () => new Response(TEXT, { headers: { 'content-encoding': 'br' } }), 'br'],
  ]
  for (const [name, minimumCompressionSize, backend, encoding] of rows) {
    it(`${name}: ${encoding ?? 'as it is'}`, async () => {
      const gateway = gatewayOf({ '/a': { GET: methodOf(integrationOf()) } }, { api: { minimumCompressionSize }, backend })
      const answer = await gateway.ask('/a', { headers: { 'Accept-Encoding': 'gzip' } })
      expect(answer.headers.get('content-encoding')).toBe(encoding)
      expect(await unpacked(answer, encoding === 'br' ? null : encoding)).toBe(TEXT)
    })
  }

  it('compresses what a template writes, and leaves an empty answer alone', async () => {
    const full = gatewayOf({ '/a': { GET: methodOf(mockOf({ integrationResponses: [answerOf({ responseTemplates: { 'application/json': TEXT } })] })) } }, { api: { minimumCompressionSize: 10 } })
    const answer = await full.ask('/a', { headers: { 'Accept-Encoding': 'deflate' } })
    expect([answer.headers.get('content-encoding'), await unpacked(answer, 'deflate')]).toEqual(['deflate', TEXT])
    const empty = gatewayOf({ '/a': { GET: methodOf(mockOf()) } }, { api: { minimumCompressionSize: 0 } })
    expect((await empty.ask('/a', { headers: { 'Accept-Encoding': 'gzip' } })).headers.has('content-encoding')).toBe(false)
  })
})

const http = integrationOf({ type: 'HTTP', requestTemplates: { 'application/json': "$input.path('$.a')" }, integrationResponses: [answerOf()] })

async function sent(method: ReturnType<typeof methodOf>, body: BodyInit, encoding: string, minimumCompressionSize: number | null = 0): Promise<string> {
  const gateway = gatewayOf({ '/a': { POST: method } }, { api: { minimumCompressionSize }, backend: () => new Response('ok') })
  const answer = await gateway.ask('/a', { method: 'POST', body, headers: { 'content-encoding': encoding, 'content-type': 'application/json' } })
  const [request] = gateway.sent
  return request === undefined ? `${answer.status} ${await answer.text()}` : new Response(request.body).text()
}

describe('compressed requests (aws-rest 6.11)', () => {
  const UNSUPPORTED = '415 {"message": "Unsupported Media Type"}'

  it('are read by templates', async () => {
    expect(await sent(methodOf(http), await packed('{"a":"read"}', 'gzip'), 'gzip')).toBe('read')
    expect(await sent(methodOf(http), await packed('{"a":"read"}', 'deflate'), 'Deflate')).toBe('read')
    expect(await sent(methodOf(http), '{"a":"read"}', 'identity')).toBe('read')
  })

  it('are read by validators', async () => {
    const method = methodOf(http, { requestValidator: { validateRequestBody: true, validateRequestParameters: false }, requestModels: { 'application/json': 'M' } })
    const gateway = gatewayOf({ '/a': { POST: method } }, { api: { minimumCompressionSize: 0, models: { M: { contentType: 'application/json', schema: { required: ['a'] } } } }, backend: () => new Response('ok') })
    const ask = async (text: string): Promise<number> => (await gateway.ask('/a', { method: 'POST', body: await packed(text, 'gzip'), headers: { 'content-encoding': 'gzip' } })).status
    expect([await ask('{"a":1}'), await ask('{}')]).toEqual([200, 400])
  })

  it('reach a proxied backend as they were before', async () => {
    expect(await sent(methodOf(integrationOf()), await packed('text', 'gzip'), 'gzip')).toBe('text')
  })

  it('are refused when they are broken, cut off, or of another encoding', async () => {
    const whole = await packed(TEXT, 'gzip')
    expect(await sent(methodOf(http), 'no gzip', 'gzip')).toBe(UNSUPPORTED)
    expect(await sent(methodOf(integrationOf()), whole.slice(0, whole.length - 6), 'gzip')).toBe(UNSUPPORTED)
    expect(await sent(methodOf(integrationOf()), 'text', 'br')).toBe(UNSUPPORTED)
  })

  it('may not hide more than 10 MB', async () => {
    expect(await sent(methodOf(http), await packed('a'.repeat(10_485_761), 'gzip'), 'gzip')).toBe('413 HTTP content length exceeded 10485760 bytes.')
  })

  it('are left alone where compression is off', async () => {
    expect(await sent(methodOf(integrationOf()), 'text', 'br', null)).toBe('text')
  })
})
