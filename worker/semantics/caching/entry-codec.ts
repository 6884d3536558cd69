import { parseCacheEntryHead, renderCacheEntryHead, type CacheEntryHead } from '../../../kv-schemas/documents/cache-entry.ts'
import type { Bytes, CacheEntry } from './entry.ts'

/** What bytes from a store turn out to be. `foreign`: an entry, but of another key. `of-another-version`: written by an older or newer gateway, in an encoding of its own. */
export type Decoded = { readonly kind: 'entry'; readonly entry: CacheEntry } | { readonly kind: 'foreign' } | { readonly kind: 'malformed' } | { readonly kind: 'of-another-version' }

/** Begins every entry: the name of the encoding, `SDC`, and its version. */
const MAGIC = 0x53_44_43_32
const NAME = MAGIC >>> 8
const HEAD_AT = 8

/** Writes an entry: the magic, the length of the head, the head, the body. `keyDigest` ties it to its key. */
export function encodeEntry(entry: CacheEntry, keyDigest: string): Bytes {
  const head = new TextEncoder().encode(renderCacheEntryHead(toHead(entry, keyDigest)))
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
  if (bytes.byteLength < HEAD_AT) return MALFORMED
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.getUint32(0)
  if (magic !== MAGIC) return magic >>> 8 === NAME ? { kind: 'of-another-version' } : MALFORMED
  const bodyAt = HEAD_AT + view.getUint32(4)
  const head = bodyAt > bytes.byteLength ? null : parseCacheEntryHead(DECODER.decode(bytes.subarray(HEAD_AT, bodyAt)))
  if (head === null) return MALFORMED
  if (head.keyDigest !== keyDigest) return { kind: 'foreign' }
  const entry = toEntry(head, bytes.subarray(bodyAt))
  return entry === null ? MALFORMED : { kind: 'entry', entry }
}

const MALFORMED: Decoded = { kind: 'malformed' }
const DECODER = new TextDecoder()

function toHead(entry: CacheEntry, keyDigest: string): CacheEntryHead {
  if (entry.kind === 'vary') return { kind: 'vary', keyDigest, names: entry.names, keepUntilMs: entry.keepUntilMs }
  const { body, headers, validators, ...rest } = entry
  return { ...rest, ...validators, keyDigest, headers: [...headers].flat(), bodyBytes: body.byteLength }
}

/** Null when the body is not as long as the head says, or a header is none: somebody else wrote this entry. */
function toEntry(head: CacheEntryHead, body: Bytes): CacheEntry | null {
  if (head.kind === 'vary') return { kind: 'vary', names: head.names, keepUntilMs: head.keepUntilMs }
  const headers = body.byteLength === head.bodyBytes ? toHeaders(head.headers) : null
  if (headers === null) return null
  return {
    kind: 'answer',
    statusCode: head.statusCode,
    headers,
    body,
    requestedAtMs: head.requestedAtMs,
    storedAtMs: head.storedAtMs,
    initialAgeSeconds: head.initialAgeSeconds,
    freshUntilMs: head.freshUntilMs,
    staleWhileRevalidateUntilMs: head.staleWhileRevalidateUntilMs,
    staleIfErrorUntilMs: head.staleIfErrorUntilMs,
    keepUntilMs: head.keepUntilMs,
    mustRevalidate: head.mustRevalidate,
    validators: { etag: head.etag, lastModified: head.lastModified },
    tags: head.tags,
  }
}

function toHeaders(flat: readonly string[]): Headers | null {
  const headers = new Headers()
  try {
    for (let index = 0; index < flat.length; index += 2) headers.append(flat[index] ?? '', flat[index + 1] ?? '')
    return headers
  } catch {
    // A name or value that no header can have.
    return null
  }
}
