import { describe, expect, it } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { integrationOf, methodOf } from '../../documents.ts'
import { gatewayOf, type Backend } from '../../gateway.ts'

const MAX = 10_485_760

/** A backend that reads the whole body and says how long it was; a body that breaks off is a connection that failed. */
const measuring: Backend = async ({ body }) => {
  try {
    return new Response(String((await new Response(body).arrayBuffer()).byteLength))
  } catch (error) {
    return { kind: 'unreachable', cause: String(error) }
  }
}

/** A body of so many bytes that comes in pieces; `pulled` counts what was taken of it. */
function piecesOf(size: number, pulled: { bytes: number } = { bytes: 0 }): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const left = size - pulled.bytes
      if (left === 0) return controller.close()
      const piece = new Uint8Array(Math.min(left, 65_536))
      pulled.bytes += piece.byteLength
      controller.enqueue(piece)
    },
  })
}

const send = (body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}): RequestInit & { readonly duplex: 'half' } => ({ method: 'PUT', body, headers, duplex: 'half' })
const TOO_LONG = 'HTTP content length exceeded 10485760 bytes.'
const STREAM: Partial<IntegrationDocument> = { responseTransferMode: 'STREAM' }
const RETRIED: Partial<IntegrationDocument> = { retry: { attempts: 3, statusCodes: [503], budgetPercent: 20, backoffInMillis: 0 } }

describe('a proxied request body', () => {
  const rows = [
    { name: 'of 10 MB in pieces goes through', size: MAX, answer: [200, String(MAX)] },
    { name: 'of a byte more in pieces is refused', size: MAX + 1, answer: [413, TOO_LONG] },
    { name: 'that declares 10 MB goes through', size: MAX, headers: { 'content-length': String(MAX) }, answer: [200, String(MAX)] },
    { name: 'that declares a byte more is refused', size: MAX + 1, headers: { 'content-length': String(MAX + 1) }, answer: [413, TOO_LONG] },
    { name: 'in pieces is refused under rules of retries too', size: MAX + 1, integration: RETRIED, answer: [413, TOO_LONG] },
    { name: 'in pieces goes through under rules of retries', size: 300_000, integration: RETRIED, answer: [200, '300000'] },
    { name: 'of any length goes through where the answer streams', size: MAX + 1, integration: STREAM, answer: [200, String(MAX + 1)] },
    { name: 'of any declared length goes through where the answer streams', size: MAX + 1, headers: { 'content-length': String(MAX + 1) }, integration: STREAM, answer: [200, String(MAX + 1)] },
  ]
  it.each(rows)('$name', async ({ size, headers, integration, answer }) => {
    const gateway = gatewayOf({ '/a': { PUT: methodOf(integrationOf({ httpMethod: 'PUT', ...integration })) } }, { backend: measuring })
    const response = await gateway.ask('/a', send(piecesOf(size), headers))
    expect([response.status, await response.text()]).toEqual(answer)
  })

  it('that declares too much is not read at all', async () => {
    const pulled = { bytes: 0 }
    const gateway = gatewayOf({ '/a': { PUT: methodOf(integrationOf({ httpMethod: 'PUT' })) } }, { backend: measuring })
    await gateway.ask('/a', send(piecesOf(50_000_000, pulled), { 'content-length': '50000000' }))
    expect(gateway.sent).toEqual([])
    expect(pulled.bytes).toBeLessThanOrEqual(65_536)
  })

  it('without an end is not read beyond the limit', async () => {
    const pulled = { bytes: 0 }
    const gateway = gatewayOf({ '/a': { PUT: methodOf(integrationOf({ httpMethod: 'PUT' })) } }, { backend: measuring })
    const response = await gateway.ask('/a', send(piecesOf(Number.POSITIVE_INFINITY, pulled)))
    expect(response.status).toBe(413)
    expect(pulled.bytes).toBeLessThan(MAX + 1_000_000)
    expect(gateway.lines.at(-1)).toMatchObject({ errorType: 'REQUEST_TOO_LARGE', cause: 'the body is larger than 10485760 bytes' })
  })
})
