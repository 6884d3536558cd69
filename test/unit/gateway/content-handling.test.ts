import { describe, expect, it } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { answerOf, integrationOf, methodOf } from '../../documents.ts'
import { gatewayOf } from '../../gateway.ts'

type Handling = IntegrationDocument['contentHandling']

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff])
const PNG_BASE64 = 'iVBOR/8='
const hex = async (body: Response): Promise<string> => Buffer.from(await body.arrayBuffer()).toString('hex')
const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex')
const PNG_HEX = Buffer.from(PNG).toString('hex')

/** aws-rest 6.9, the first table: content type, contentHandling, body as sent, and what the backend gets. */
const requests: readonly (readonly [type: string, handling: Handling, body: string | Uint8Array<ArrayBuffer>, sent: string])[] = [
  ['text/plain', null, 'text é', hexOf('text é')],
  ['text/plain', null, PNG, hexOf('\uFFFDPNG\uFFFD')],
  ['text/plain', 'CONVERT_TO_TEXT', 'text', hexOf('text')],
  ['text/plain', 'CONVERT_TO_BINARY', PNG_BASE64, PNG_HEX],
  ['image/png', null, PNG, PNG_HEX],
  ['image/png', 'CONVERT_TO_BINARY', PNG, PNG_HEX],
  ['image/png', 'CONVERT_TO_TEXT', PNG, hexOf(PNG_BASE64)],
]

async function proxied(contentHandling: Handling, body: string | Uint8Array<ArrayBuffer>, type: string): Promise<string> {
  const gateway = gatewayOf({ '/a': { POST: methodOf(integrationOf({ contentHandling })) } }, { api: { binaryMediaTypes: ['image/png'] }, backend: () => new Response('ok') })
  await gateway.ask('/a', { method: 'POST', body, headers: { 'content-type': type } })
  return hex(new Response(gateway.sent[0]?.body))
}

async function rendered(contentHandling: Handling): Promise<string> {
  const integration = integrationOf({ type: 'HTTP', integrationResponses: [answerOf({ contentHandling, responseTemplates: { 'application/json': '[$input.body]' } })] })
  const gateway = gatewayOf({ '/a': { GET: methodOf(integration) } }, { api: { binaryMediaTypes: ['image/png'] }, backend: () => new Response(PNG, { headers: { 'content-type': 'image/png' } }) })
  const answer = await gateway.ask('/a', { headers: { accept: 'image/png' } })
  return `${answer.status} ${await answer.text()}`
}

describe('bodies on the way to a backend', () => {
  for (const [type, contentHandling, body, sent] of requests) {
    it(`${type} ${contentHandling ?? 'undefined'} (${typeof body === 'string' ? body : 'bytes'})`, async () => {
      const integration = integrationOf({ type: 'HTTP', contentHandling, integrationResponses: [answerOf()] })
      const gateway = gatewayOf({ '/a': { POST: methodOf(integration) } }, { api: { binaryMediaTypes: ['image/png'] }, backend: () => new Response('ok') })
      await gateway.ask('/a', { method: 'POST', body, headers: { 'content-type': type } })
      expect(await hex(new Response(gateway.sent[0]?.body))).toBe(sent)
    })
  }

  it('a template reads binary as base64 with CONVERT_TO_TEXT', async () => {
    const integration = integrationOf({ type: 'HTTP', contentHandling: 'CONVERT_TO_TEXT', requestTemplates: { 'image/png': '{"image":"$input.body"}' }, integrationResponses: [answerOf()] })
    const gateway = gatewayOf({ '/a': { POST: methodOf(integration) } }, { api: { binaryMediaTypes: ['*/*'] }, backend: () => new Response('ok') })
    await gateway.ask('/a', { method: 'POST', body: PNG, headers: { 'content-type': 'image/png' } })
    expect(gateway.sent[0]?.body).toBe(`{"image":"${PNG_BASE64}"}`)
  })

  it('a proxied body goes through as it is, or converted', async () => {
    expect(await proxied(null, PNG, 'text/plain')).toBe(PNG_HEX)
    expect(await proxied('CONVERT_TO_TEXT', PNG, 'image/png')).toBe(hexOf(PNG_BASE64))
    expect(await proxied('CONVERT_TO_BINARY', PNG_BASE64, 'text/plain')).toBe(PNG_HEX)
  })
})

const FAILED = '500 {"message": "Internal server error"}'

/** aws-rest 6.9, the second table: the backend's type and body, the client's Accept, contentHandling, and what the client gets. */
const answers: readonly (readonly [type: string, body: string | Uint8Array<ArrayBuffer>, accept: string | null, handling: Handling, got: string])[] = [
  ['text/plain', 'text', 'text/plain', null, hexOf('text')],
  ['text/plain', PNG_BASE64, 'text/plain', 'CONVERT_TO_BINARY', PNG_HEX],
  ['text/plain', 'text', 'text/plain', 'CONVERT_TO_TEXT', hexOf('text')],
  ['text/plain', 'text', null, null, hexOf('text')],
  ['text/plain', PNG_BASE64, 'image/png', null, PNG_HEX],
  ['text/plain', 'no base64!', 'image/png', null, FAILED],
  ['text/plain', 'no base64!', 'text/plain', 'CONVERT_TO_BINARY', FAILED],
  ['text/plain', PNG_BASE64, 'image/png', 'CONVERT_TO_BINARY', PNG_HEX],
  ['text/plain', 'text', 'image/png', 'CONVERT_TO_TEXT', hexOf('text')],
  ['image/png', PNG, 'text/plain', null, hexOf(PNG_BASE64)],
  ['image/png', PNG, null, null, hexOf(PNG_BASE64)],
  ['image/png', PNG, 'text/plain, image/png', null, hexOf(PNG_BASE64)],
  ['image/png', PNG, 'text/plain', 'CONVERT_TO_BINARY', PNG_HEX],
  ['image/png', PNG, 'text/plain', 'CONVERT_TO_TEXT', hexOf(PNG_BASE64)],
  ['image/png; q=1', PNG, 'image/png;q=0.9, */*', null, PNG_HEX],
  ['image/png', PNG, 'image/png', 'CONVERT_TO_BINARY', PNG_HEX],
  ['image/png', PNG, 'image/png', 'CONVERT_TO_TEXT', hexOf(PNG_BASE64)],
]

describe('bodies on the way to a client', () => {
  for (const [type, body, accept, contentHandling, got] of answers) {
    it(`${type} for ${accept ?? 'no Accept'} ${contentHandling ?? 'undefined'} (${typeof body === 'string' ? body : 'bytes'})`, async () => {
      const integration = integrationOf({ type: 'HTTP', integrationResponses: [answerOf({ contentHandling })] })
      const gateway = gatewayOf({ '/a': { GET: methodOf(integration) } }, { api: { binaryMediaTypes: ['image/png'] }, backend: () => new Response(body, { headers: { 'content-type': type } }) })
      const answer = await gateway.ask('/a', accept === null ? {} : { headers: { accept } })
      expect(got === FAILED ? `${answer.status} ${await answer.text()}` : await hex(answer)).toBe(got)
    })
  }

  const types: readonly (readonly [types: readonly string[], type: string, accept: string, got: string])[] = [
    [[], 'image/png', 'text/plain', PNG_HEX],
    [['*/*'], 'image/png', 'text/plain', PNG_HEX],
    [['image/png'], 'image/png', 'image/png', PNG_HEX],
    [['image/*'], 'image/png', 'image/*', PNG_HEX],
    [['image/png'], 'image/png', 'image/*', hexOf(PNG_BASE64)],
    [['image/png'], 'image/png', 'text/html', hexOf(PNG_BASE64)],
    [['image/png'], 'text/plain', 'text/html', PNG_HEX],
  ]
  for (const [binaryMediaTypes, type, accept, got] of types) {
    it(`of a proxy: ${type} for ${accept} with [${binaryMediaTypes.join()}]`, async () => {
      const gateway = gatewayOf({ '/a': { GET: methodOf(integrationOf()) } }, { api: { binaryMediaTypes: [...binaryMediaTypes] }, backend: () => new Response(PNG, { headers: { 'content-type': type } }) })
      expect(await hex(await gateway.ask('/a', { headers: { accept } }))).toBe(got)
    })
  }

  it('a response template reads binary as base64 with CONVERT_TO_TEXT, and not at all without', async () => {
    expect(await rendered('CONVERT_TO_TEXT')).toBe(`200 [${PNG_BASE64}]`)
    expect(await rendered(null)).toBe(FAILED)
  })
})
