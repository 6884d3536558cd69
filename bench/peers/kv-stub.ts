/** A KV namespace for raw workerd, which has none: the keys and values it was built with, and those written since. */
declare const DOCUMENTS: Readonly<Record<string, string>>

const values = new Map<string, string | ArrayBuffer>(Object.entries(DOCUMENTS))

export default {
  async fetch(request: Request): Promise<Response> {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1))
    if (request.method === 'PUT') {
      values.set(key, await request.arrayBuffer())
      return new Response(null, { status: 200 })
    }
    if (request.method === 'DELETE') {
      values.delete(key)
      return new Response(null, { status: 200 })
    }
    const value = values.get(key)
    return value === undefined ? new Response(null, { status: 404 }) : new Response(value)
  },
}
