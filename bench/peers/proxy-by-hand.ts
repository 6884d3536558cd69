/**
 * What the gateway promises of every proxied call, and nothing else: headers of its own both ways, a time-out, an answer that is whole or an error, a log line. No rules, no
 * routes. It shows what is left to save; with `ANSWER` "flows", which lets a broken answer pass half, it shows what that promise costs.
 */
const TIMEOUT_MS = 29_000
const OWN_HEADERS: ReadonlySet<string> = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'te', 'upgrade', 'via'])
const HOP_BY_HOP = ['connection', 'transfer-encoding', 'via'] as const

export default {
  async fetch(request: Request, env: { readonly UPSTREAM: string; readonly ANSWER: 'whole' | 'flows' }): Promise<Response> {
    const startedAtMs = Date.now()
    const requestId = crypto.randomUUID()
    const headers = new Headers(request.headers)
    request.headers.forEach((_value, name) => {
      if (OWN_HEADERS.has(name)) headers.delete(name)
    })
    headers.set('x-amzn-trace-id', `Root=1-${requestId}`)
    const { pathname } = new URL(request.url)
    const answer = await within(TIMEOUT_MS, fetch(env.UPSTREAM + pathname, { method: request.method, headers, redirect: 'manual' }).then(env.ANSWER === 'whole' ? takeWhole : takeFlowing))
    if (answer === null) return new Response(null, { status: 504 })
    const response = new Response(answer.body, answer.head)
    for (const name of HOP_BY_HOP) response.headers.delete(name)
    response.headers.set('x-amzn-requestid', requestId)
    console.log(JSON.stringify({ requestId, httpMethod: request.method, path: pathname, status: response.status, responseLatency: Date.now() - startedAtMs }))
    return response
  },
}

interface Taken {
  readonly head: Response
  readonly body: ArrayBuffer | ReadableStream | null
}

async function takeWhole(head: Response): Promise<Taken> {
  return { head, body: await head.arrayBuffer() }
}

function takeFlowing(head: Response): Taken {
  return { head, body: head.body }
}

/** Null when it takes too long. */
function within<Value>(ms: number, work: Promise<Value>): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, null)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
