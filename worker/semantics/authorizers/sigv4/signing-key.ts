import { toHex } from './digest.ts'

const encoder = new TextEncoder()
const HMAC_SHA256 = { name: 'HMAC', hash: 'SHA-256' } as const

/** Where and when a signature is good: the credential without its access key. */
export interface CredentialScope {
  /** `YYYYMMDD`. */
  readonly date: string
  readonly region: string
  readonly service: string
}

/** The scope as it stands in a credential and in the string to sign. */
export function renderScope(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`
}

/**
 * The signing key of a secret for one scope (aws-websocket-and-services E1). It is good for a day and worth keeping by
 * access key and scope: deriving it costs four of the five HMACs of a verification.
 */
export async function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): Promise<CryptoKey> {
  let key = await importKey(new Uint8Array(encoder.encode(`AWS4${secretAccessKey}`)))
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = await importKey(await hmac(key, part))
  }
  return key
}

/** The signature of a text, in hex. */
export async function signHex(key: CryptoKey, text: string): Promise<string> {
  return toHex(await hmac(key, text))
}

async function hmac(key: CryptoKey, text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
}

function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, HMAC_SHA256, false, ['sign'])
}
