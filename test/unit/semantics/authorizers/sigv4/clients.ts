import { Sha256 } from '@aws-crypto/sha256-js'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import { AwsV4Signer } from 'aws4fetch'
import { sha256Hex } from '../../../../../worker/semantics/authorizers/sigv4/digest.ts'
import { parseSignature } from '../../../../../worker/semantics/authorizers/sigv4/parse-signature.ts'
import type { SignedRequest } from '../../../../../worker/semantics/authorizers/sigv4/signed-request.ts'
import { deriveSigningKey } from '../../../../../worker/semantics/authorizers/sigv4/signing-key.ts'
import { verifySignature } from '../../../../../worker/semantics/authorizers/sigv4/verify-signature.ts'

/** A request as it goes over the wire. */
export interface WireRequest extends SignedRequest {
  readonly body: string
}

/** A request before somebody signs it. */
export interface Draft {
  readonly method: string
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const HOST = 'abc123.execute-api.us-east-1.amazonaws.com'
export const NOW_MS = Date.parse('2025-01-01T00:00:00Z')
const ACCESS_KEY_ID = 'AKIDEXAMPLE'
export const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
export const SESSION_TOKEN = 'SESSION/TOKEN=='

/** Other people's signing clients; each signs a draft, in the header or in the query. */
export const CLIENTS = {
  'aws4fetch, header': (draft: Draft, token?: string) => signWithAws4fetch(draft, false, token),
  'aws4fetch, query': (draft: Draft, token?: string) => signWithAws4fetch(draft, true, token),
  'smithy, header': (draft: Draft, token?: string) => signWithSmithy(draft, false, token),
  'smithy, query': (draft: Draft, token?: string) => signWithSmithy(draft, true, token),
} as const

async function signWithAws4fetch(draft: Draft, signQuery: boolean, sessionToken?: string): Promise<WireRequest> {
  const query = draft.query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&')
  const signer = new AwsV4Signer({
    method: draft.method, url: `https://${HOST}${draft.path}${query === '' ? '' : `?${query}`}`,
    accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET, service: 'execute-api', region: 'us-east-1',
    datetime: '20250101T000000Z', signQuery, headers: draft.headers,
    ...(draft.body !== '' && { body: draft.body }), ...(sessionToken !== undefined && { sessionToken }),
  })
  const { url, headers } = await signer.sign()
  return { method: draft.method, path: url.pathname, query: url.search.slice(1), headers: [['host', url.host], ...headers], body: draft.body }
}

async function signWithSmithy(draft: Draft, presign: boolean, sessionToken?: string): Promise<WireRequest> {
  const credentials = { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET, ...(sessionToken !== undefined && { sessionToken }) }
  const signer = new SignatureV4({ service: 'execute-api', region: 'us-east-1', sha256: Sha256, credentials })
  const query: Record<string, string | string[]> = {}
  for (const [key, value] of draft.query) {
    const known = query[key]
    query[key] = known === undefined ? value : [known, value].flat()
  }
  const request = new HttpRequest({
    method: draft.method, hostname: HOST, path: draft.path, query, headers: { host: HOST, ...draft.headers },
    ...(draft.body !== '' && { body: draft.body }),
  })
  const signingDate = new Date(NOW_MS)
  const signed = presign ? await signer.presign(request, { signingDate, expiresIn: 300 }) : await signer.sign(request, { signingDate })
  const parts = Object.entries(signed.query ?? {}).flatMap(([key, value]) => [value ?? ''].flat().map((one) => `${escape3986(key)}=${escape3986(one)}`))
  return { method: draft.method, path: signed.path, query: parts.join('&'), headers: Object.entries(signed.headers), body: draft.body }
}

function escape3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Verifies a wire request as the gateway does: `verified`, or the error type and text of the refusal. */
export async function verifyWire(request: WireRequest, sessionToken?: string, nowMs = NOW_MS): Promise<string> {
  const parsed = await parseSignature(request, { region: 'us-east-1', service: 'execute-api', nowMs, headersToSign: ['x-http-method-override'] })
  if (parsed.kind === 'refused') return `${parsed.refusal.errorType}: ${parsed.refusal.message}`
  if (parsed.signature.accessKeyId !== ACCESS_KEY_ID) return 'UnrecognizedClientException: no such key'
  const signingKey = await deriveSigningKey(SECRET, parsed.signature.scope)
  const token = sessionToken === undefined ? {} : { sessionTokenSha256: await sha256Hex(sessionToken) }
  const readBody = () => Promise.resolve(new TextEncoder().encode(request.body))
  const verdict = await verifySignature(request, parsed.signature, { signingKey, ...token }, { nowMs, readBody })
  return verdict.kind === 'verified' ? 'verified' : `${verdict.refusal.errorType}: ${verdict.refusal.message}`
}
