import type { Body, Bytes } from '../ports.ts'

/** The bytes of a body, read whole. */
export async function readBody(body: Body): Promise<Bytes> {
  if (body === null) return new Uint8Array(0)
  if (body instanceof Uint8Array) return body
  return new Uint8Array(await new Response(body).arrayBuffer())
}
