import { equalInConstantTime } from '../equal-in-constant-time.ts'
import { EMPTY_SHA256, sha256Hex } from './digest.ts'
import { renderScope, signHex } from './signing-key.ts'
import type { CredentialScope } from './signing-key.ts'

/** A body in signed chunks (`aws-chunked`): each chunk's signature covers the one before it, the first the request's own. */
export interface SignedChunks {
  readonly body: Uint8Array<ArrayBuffer>
  readonly signingKey: CryptoKey
  readonly scope: CredentialScope
  readonly date: string
  /** The signature of the request itself. */
  readonly seedSignature: string
  readonly hasTrailer: boolean
}

interface Chunk {
  readonly data: Uint8Array<ArrayBuffer>
  readonly signature: string
  /** Where the next chunk starts. */
  readonly end: number
}

/** Chunk heads and trailers are short; longer ones are not what a signing client writes. */
const LINE_LENGTH_MAX = 4096
const CHUNK_HEAD = /^([0-9a-f]{1,8});chunk-signature=([0-9a-f]{64})$/i

/** Says whether every chunk of a body, and its trailer if there is one, is signed as announced. */
export async function hasValidChunks(chunks: SignedChunks): Promise<boolean> {
  let previous = chunks.seedSignature
  let offset = 0
  for (;;) {
    const chunk = readChunk(chunks.body, offset)
    if (chunk === undefined) return false
    const expected = await signChunk(chunks, previous, await sha256Hex(chunk.data))
    if (!equalInConstantTime(chunk.signature, expected)) return false
    previous = expected
    offset = chunk.end
    if (chunk.data.length === 0) return chunks.hasTrailer ? hasValidTrailer(chunks, previous, offset) : endsAt(chunks.body, offset)
  }
}

function signChunk(chunks: SignedChunks, previous: string, dataHash: string): Promise<string> {
  const text = ['AWS4-HMAC-SHA256-PAYLOAD', chunks.date, renderScope(chunks.scope), previous, EMPTY_SHA256, dataHash].join('\n')
  return signHex(chunks.signingKey, text)
}

function readChunk(body: Uint8Array<ArrayBuffer>, offset: number): Chunk | undefined {
  const line = readLine(body, offset)
  const head = line === undefined ? null : CHUNK_HEAD.exec(line.text)
  if (line === undefined || head === null) return undefined
  const [, sizeHex = '', signature = ''] = head
  const size = Number.parseInt(sizeHex, 16)
  const dataEnd = line.end + size
  if (size === 0) return { data: new Uint8Array(0), signature, end: line.end }
  const isClosed = body[dataEnd] === 0x0d && body[dataEnd + 1] === 0x0a
  return isClosed ? { data: body.slice(line.end, dataEnd), signature, end: dataEnd + 2 } : undefined
}

function readLine(body: Uint8Array, offset: number): { readonly text: string; readonly end: number } | undefined {
  const lineEnd = body.subarray(offset, offset + LINE_LENGTH_MAX).indexOf(0x0a)
  if (lineEnd === -1) return undefined
  const text = String.fromCharCode(...body.subarray(offset, offset + lineEnd))
  return { text: text.replace(/\r$/, ''), end: offset + lineEnd + 1 }
}

function endsAt(body: Uint8Array, offset: number): boolean {
  const rest = String.fromCharCode(...body.subarray(offset, offset + 3))
  return rest === '' || rest === '\r\n'
}

async function hasValidTrailer(chunks: SignedChunks, previous: string, start: number): Promise<boolean> {
  let trailer = ''
  let offset = start
  for (;;) {
    const line = readLine(chunks.body, offset)
    if (line === undefined) return false
    offset = line.end
    // Some clients put an empty line between the trailer and its signature.
    if (line.text === '') continue
    const colon = line.text.indexOf(':')
    if (colon === -1) return false
    const name = line.text.slice(0, colon).trim().toLowerCase()
    const value = line.text.slice(colon + 1).trim()
    if (name === 'x-amz-trailer-signature') return equalInConstantTime(value, await signTrailer(chunks, previous, trailer)) && endsAt(chunks.body, offset)
    trailer += `${name}:${value}\n`
  }
}

async function signTrailer(chunks: SignedChunks, previous: string, trailer: string): Promise<string> {
  const text = ['AWS4-HMAC-SHA256-TRAILER', chunks.date, renderScope(chunks.scope), previous, await sha256Hex(trailer)].join('\n')
  return signHex(chunks.signingKey, text)
}
