import { exports } from 'cloudflare:workers'
import type { ControlRole } from '../../../kv-schemas/control-tokens.ts'

/** The tokens that vitest.config.ts puts into CONTROL_TOKENS, by role; `expired` ended in 2020. */
export const TOKENS = { read: 'test-token-read', deploy: 'test-token-deploy', admin: 'test-token-admin', expired: 'test-token-expired' } as const

/** An answer of the control API, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of many shapes
  readonly body: any
}

/** Calls the control API of the Worker under test. */
export async function callControl(method: string, path: string, options: { role?: ControlRole; body?: unknown; headers?: Record<string, string> } = {}): Promise<Answer> {
  const headers = new Headers({ authorization: `Bearer ${TOKENS[options.role ?? 'admin']}`, ...options.headers })
  if (options.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const body = options.body === undefined ? null : typeof options.body === 'string' ? options.body : JSON.stringify(options.body)
  const response = await exports.default.fetch(new Request(`http://localhost/_stagedoor/v1${path}`, { method, headers, body }))
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text }
}
