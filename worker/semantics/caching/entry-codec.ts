import { parseCacheEntryHead, type CacheEntryHead } from '../../../kv-schemas/documents/cache-entry.ts'
import type { Bytes, CacheEntry } from './entry.ts'

/** What bytes from a store turn out to be. `foreign`: an entry, but of another key. */
export type Decoded = { readonly kind: 'entry'; readonly entry: CacheEntry } | { readonly kind: 'foreign' } | { readonly kind: 'malformed' }

/** Begins every entry: the name and version of the encoding. */
const MAGIC = 0x53_44_43_31
const HEAD_AT = 8

/** Writes an entry: the magic, the length of the head, the head as JSON, the body. `keyDigest` ties it to its key. */
export function encodeEntry(entry: CacheEntry, keyDigest: string): Bytes {
  const head = new TextEncoder().encode(JSON.stringify(toHead(entry, keyDigest)))
  const body = entry.kind === 'answer' ? entry.body : new Uint8Array(0)
  const bytes = new Uint8Array(HEAD_AT + head.byteLength + body.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setUint32(4, head.byteLength)
  bytes.set(head, HEAD_AT)
  bytes.set(body, HEAD_AT + head.byteLength)
  return bytes
}

/** Reads an entry that a store gave for a key. Never throws: what is no whole entry of this key is not served, whatever it is. */
export function decodeEntry(bytes: Bytes, keyDigest: string): Decoded {
  const head = readHead(bytes)
  if (head === null) return MALFORMED
  if (head.head.keyDigest !== keyDigest) return { kind: 'foreign' }
  const body = bytes.subarray(head.end)
  if (head.head.kind === 'vary') {
    const { kind, names, keepUntilMs } = head.head
    return { kind: 'entry', entry: { kind, names, keepUntilMs } }
  }
  if (body.byteLength !== head.head.bodyBytes) return MALFORMED
  const { keyDigest: _digest, bodyBytes: _bytes, headers, etag, lastModified, ...rest } = head.head
  const restored = toHeaders(headers)
  return restored === null ? MALFORMED : { kind: 'entry', entry: { ...rest, headers: restored, body, validators: { etag, lastModified } } }
}

const MALFORMED: Decoded = { kind: 'malformed' }

function toHead(entry: CacheEntry, keyDigest: string): CacheEntryHead {
  if (entry.kind === 'vary') return { kind: 'vary', keyDigest, names: entry.names, keepUntilMs: entry.keepUntilMs }
  const { body, headers, validators, ...rest } = entry
  return { ...rest, keyDigest, headers: [...headers], bodyBytes: body.byteLength, ...validators }
}

function readHead(bytes: Bytes): { readonly head: CacheEntryHead; readonly end: number } | null {
  if (bytes.byteLength < HEAD_AT) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = HEAD_AT + view.getUint32(4)
  if (view.getUint32(0) !== MAGIC || end > bytes.byteLength) return null
  const head = parseCacheEntryHead(parseJson(bytes.subarray(HEAD_AT, end)))
  return head === null ? null : { head, end }
}

function parseJson(bytes: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // No JSON: it is refused as any other wrong head is.
    return null
  }
}

function toHeaders(pairs: readonly (readonly [string, string])[]): Headers | null {
  const headers = new Headers()
  try {
    for (const [name, value] of pairs) headers.append(name, value)
    return headers
  } catch {
    // A name or value that no header can have: somebody else wrote this entry.
    return null
  }
}
