import { describe, expect, test } from 'vitest'
import { parseHttpDate } from '../../../../../worker/semantics/authorizers/sigv4/amz-date.ts'
import { canonicalPath, canonicalQuery } from '../../../../../worker/semantics/authorizers/sigv4/canonical-request.ts'
import { sha256Hex } from '../../../../../worker/semantics/authorizers/sigv4/digest.ts'
import { parseSignature } from '../../../../../worker/semantics/authorizers/sigv4/parse-signature.ts'
import { deriveSigningKey, signHex } from '../../../../../worker/semantics/authorizers/sigv4/signing-key.ts'
import { verifySignature } from '../../../../../worker/semantics/authorizers/sigv4/verify-signature.ts'
import { CLIENTS, HOST, NOW_MS, SECRET, SESSION_TOKEN, verifyWire } from './clients.ts'
import type { WireRequest } from './clients.ts'

const scope = 'AKIDEXAMPLE/20250101/us-east-1/execute-api/aws4_request'
const authorization = (signedHeaders: string, signature: string): readonly [string, string] =>
  ['Authorization', `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`]
const date = ['X-Amz-Date', '20250101T000000Z'] as const

/** aws-websocket-and-services E2: computed with botocore. */
const recorded: readonly (readonly [name: string, request: WireRequest, token?: string])[] = [
  ['a query', {
    method: 'GET', path: '/prod/pets', query: 'type=dog&limit=10&q=a%20b', body: '',
    headers: [['Host', HOST], date, authorization('host;x-amz-date', '2ebcaec1393f328779ff341142b7e774351ca319940df2496c5e20e025bd80b6')],
  }],
  ['a connection id with an escape', {
    method: 'POST', path: '/prod/@connections/L0SM9cOFvHcCIhw%3D', query: '', body: '{"hello":"world"}',
    headers: [['Host', HOST], date, ['Content-Type', 'application/octet-stream'], ['X-Amz-Security-Token', 'SESSIONTOKEN=='],
      authorization('content-type;host;x-amz-date;x-amz-security-token', '7601a1d560a9675f754886f5645f3549e0819a01d6f21715a791e5d716083caf')],
  }, 'SESSIONTOKEN=='],
  ['a presigned URL', {
    method: 'GET', path: '/prod', body: '', headers: [['Host', HOST]],
    query: `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Date=20250101T000000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host` +
      '&X-Amz-Security-Token=SESSION%2FTOKEN%3D%3D&X-Amz-Signature=58dbc9bc0a19237ca8a257301a53553d4d5c8f6b8f61c2ca079f969bd9d82cd1',
  }, SESSION_TOKEN],
]

describe('signatures of botocore verify', () => {
  test.each(recorded.map(([name, request, token]) => ({ name, request, token })))('$name', async ({ request, token }) => {
    expect(await verifyWire(request, token)).toBe('verified')
  })
})

describe('how a request is written down', () => {
  const paths = [
    ['/', '/'], ['//', '/'], ['/a//b/', '/a/b/'], ['/a/./b/../c', '/a/c'], ['/..', '/'], ['/a%2Fb', '/a%252Fb'], ['/@c', '/%40c'], ['/a b', '/a%20b'],
    ['/a%2e%2e/b', '/a%252e%252e/b'], ['/~x-._', '/~x-._'], ['/%', '/%25'], ['/a+b', '/a%2Bb'],
  ] as const
  test.each(paths)('path %s', (path, expected) => expect(canonicalPath(path, true)).toBe(expected))

  const queries = [
    ['', ''], ['b=1&a=2', 'a=2&b=1'], ['a', 'a='], ['a=2&a=1', 'a=1&a=2'], ['a=b+c', 'a=b%20c'], ['a=%2b', 'a=%2B'], ['a=b=c', 'a=b%3Dc'], ['&&a=1&', 'a=1'],
    ['Param-3=x&Param=y', 'Param=y&Param-3=x'], ['a=%zz', 'a=%25zz'], ['a=%ff', 'a=%FF'], ['a=1&X-Amz-Signature=z', 'a=1'], ['a=1&X-Amz-%53ignature=z', 'a=1'],
    ['x-amz-signature=z', 'x-amz-signature=z'], ['=1', '=1'], ['a=~', 'a=~'], ["a=!'()*", 'a=%21%27%28%29%2A'],
  ] as const
  test.each(queries)('query %s', (query, expected) => expect(canonicalQuery(query, ['X-Amz-Signature'])).toBe(expected))

  const dates = [
    ['Wed, 01 Jan 2025 00:00:00 GMT', '20250101T000000Z'], ['20250101T000000Z', '20250101T000000Z'], ['nonsense', undefined], ['', undefined],
  ] as const
  test.each(dates)('Date %s', (text, expected) => expect(parseHttpDate(text)).toBe(expected))
})

describe('payloads', () => {
  const draft = { method: 'POST', path: '/prod/pets', query: [], headers: {}, body: '{"a":1}' }

  test('an announced hash must be the body\'s', async () => {
    const hash = await sha256Hex(draft.body)
    const request = await CLIENTS['aws4fetch, header']({ ...draft, headers: { 'x-amz-content-sha256': hash } })
    expect(await verifyWire(request)).toBe('verified')
    expect(await verifyWire({ ...request, body: '{"a":2}' })).toContain('InvalidSignatureException')
  })

  test('an unsigned payload may be any, and is not read', async () => {
    const request = await CLIENTS['aws4fetch, header']({ ...draft, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })
    expect(await verifyWire({ ...request, body: 'other' })).toBe('verified')
  })

  test('a presigned URL of another client may leave its lifetime out: then the clock window applies', async () => {
    const request = await CLIENTS['aws4fetch, query'](draft)
    expect(request.query).not.toContain('X-Amz-Expires')
    expect(await verifyWire(request, undefined, NOW_MS + 300_000)).toBe('verified')
    expect(await verifyWire(request, undefined, NOW_MS + 301_000)).toContain('Signature expired')
  })

  test('headers that a runtime joined with a space verify as signed without one', async () => {
    const request = await CLIENTS['smithy, header']({ ...draft, headers: { 'x-many': 'a,b' } })
    const joined = request.headers.map(([name, value]) => [name, name === 'x-many' ? 'a, b' : value] as const)
    expect(await verifyWire({ ...request, headers: joined })).toBe('verified')
  })
})

describe('signed chunks', () => {
  const credentialScope = { date: '20250101', region: 'us-east-1', service: 'execute-api' }
  const amzDate = '20250101T000000Z'
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

  /** Writes a body in signed chunks as the S3 documentation describes it, independently of the code that reads it. */
  async function chunked(chunks: readonly string[], seed: string, trailer?: string): Promise<string> {
    const key = await deriveSigningKey(SECRET, credentialScope)
    const scopeText = '20250101/us-east-1/execute-api/aws4_request'
    let previous = seed
    let body = ''
    for (const chunk of [...chunks, '']) {
      previous = await signHex(key, `AWS4-HMAC-SHA256-PAYLOAD\n${amzDate}\n${scopeText}\n${previous}\n${empty}\n${await sha256Hex(chunk)}`)
      body += `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`
    }
    if (trailer === undefined) return `${body}\r\n`
    const signature = await signHex(key, `AWS4-HMAC-SHA256-TRAILER\n${amzDate}\n${scopeText}\n${previous}\n${await sha256Hex(`${trailer}\n`)}`)
    return `${body}${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`
  }

  async function request(hash: string, trailer?: string): Promise<WireRequest> {
    const draft = { method: 'PUT', path: '/prod/file', query: [], headers: { 'x-amz-content-sha256': hash }, body: 'x' }
    const wire = await CLIENTS['aws4fetch, header'](draft)
    const seed = /Signature=([0-9a-f]{64})/.exec(wire.headers.find(([name]) => name === 'authorization')?.[1] ?? '')?.[1] ?? ''
    return { ...wire, body: await chunked(['first chunk', 'second'], seed, trailer) }
  }

  test('each chunk is verified', async () => {
    const wire = await request('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
    expect(await verifyWire(wire)).toBe('verified')
    for (const body of [wire.body.replace('second', 'tampered'), wire.body.replace('first', 'First'), wire.body.slice(0, -90), `${wire.body}more`, '', 'zz', wire.body.replace('b;', 'fffffff;')]) {
      expect(await verifyWire({ ...wire, body })).toContain('InvalidSignatureException')
    }
  })

  test('and so is the trailer', async () => {
    const wire = await request('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', 'x-amz-checksum-crc32:AAAAAA==')
    expect(await verifyWire(wire)).toBe('verified')
    for (const body of [wire.body.replace('AAAAAA', 'AAAAAB'), wire.body.replace(/x-amz-trailer.*/s, ''), wire.body.replace('-checksum', '')]) {
      expect(await verifyWire({ ...wire, body })).toContain('InvalidSignatureException')
    }
  })

  test('an unsigned stream is as good as an unsigned payload', async () => {
    const wire = await request('STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    expect(await verifyWire({ ...wire, body: 'any' })).toBe('verified')
  })
})

const readBody = () => Promise.reject(new Error('the body was read'))

test('the body is read only if the signature covers it', async () => {
  const draft = { method: 'POST', path: '/', query: [], headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, body: 'x' }
  const wire = await CLIENTS['aws4fetch, header'](draft)
  const parsed = await parseSignature(wire, { region: 'us-east-1', service: 'execute-api', nowMs: NOW_MS })
  if (parsed.kind === 'refused') throw new Error(parsed.refusal.message ?? '')
  const signingKey = await deriveSigningKey(SECRET, parsed.signature.scope)
  expect(await verifySignature(wire, parsed.signature, { signingKey }, { nowMs: NOW_MS, readBody })).toEqual({ kind: 'verified' })
  const late = { signingKey, expiresAtMs: NOW_MS }
  expect(await verifySignature(wire, parsed.signature, late, { nowMs: NOW_MS, readBody })).toMatchObject({ kind: 'refused', refusal: { errorType: 'ExpiredTokenException' } })
})
