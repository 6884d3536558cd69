import { randomBytes } from 'node:crypto'
import type { WorkerOptions } from './prepare-worker.ts'
import type { WritableKv } from './publisher.ts'

/** A way into the gateway's KV of rules that leads past the control API: a Worker that runs beside the gateway, and what it is asked through. */
export interface RulesDoor {
  readonly worker: WorkerOptions
  /** The namespace, once the Worker listens. */
  open(url: URL): WritableKv
}

/** Makes a door for a gateway; it opens only to this process. miniflare has proxies for the same, which cost half a second to start. */
export function createRulesDoor({ kvNamespaces, compatibilityDate }: WorkerOptions): RulesDoor {
  const token = randomBytes(24).toString('base64url')
  const worker = {
    name: 'stagedoor-rules',
    ...(compatibilityDate === undefined ? {} : { compatibilityDate }),
    modules: [{ type: 'ESModule' as const, path: 'index.js', contents: WORKER }],
    bindings: { TOKEN: token },
    ...(kvNamespaces === undefined ? {} : { kvNamespaces }),
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
  return { worker, open: (url) => openNamespace(url, token) }
}

/** Only this process knows the token, but every page of a browser here could send it a request. */
const WORKER = `
export default {
  async fetch(request, { RULES, TOKEN }) {
    if (request.headers.get('authorization') !== TOKEN) return new Response(null, { status: 403 })
    const key = new URL(request.url).searchParams.get('key')
    if (request.method === 'DELETE') await RULES.delete(key)
    else await RULES.put(key, request.body)
    return new Response(null, { status: 204 })
  },
}`

function openNamespace(url: URL, token: string): WritableKv {
  const call = async (key: string, init: RequestInit): Promise<void> => {
    const target = new URL(`/?${new URLSearchParams({ key }).toString()}`, url)
    const response = await fetch(target, { ...init, headers: { authorization: token } })
    if (!response.ok) throw new Error(`the local KV did not take ${key}: ${response.status} ${await response.text()}`)
  }
  return {
    put: (key, value) => call(key, { method: 'PUT', body: value }),
    delete: (key) => call(key, { method: 'DELETE' }),
  }
}
