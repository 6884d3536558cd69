import type { AccountDocument } from '../../../../kv-schemas/documents/account.ts'
import { parseFunctionReference, type FunctionReference } from './function-reference.ts'

/** Where a function runs, and what its Invoke API is asked. */
export type FunctionTarget =
  /** A Worker next door. */
  | { readonly kind: 'binding'; readonly binding: string; readonly path: string }
  /** A server that speaks the Invoke API; the whole URL. */
  | { readonly kind: 'url'; readonly url: string }
  /** AWS itself, or what the environment says stands in for it. */
  | { readonly kind: 'aws'; readonly region: string; readonly path: string }

/** The two paths of the Invoke API (aws-websocket-and-services D1). */
export type InvokeApi = 'invocations' | 'response-streaming-invocations'
const API_VERSIONS = { invocations: '2015-03-31', 'response-streaming-invocations': '2021-11-15' } as const satisfies Record<InvokeApi, string>

/**
 * Finds where a function runs: the account may name it with its qualifier (`orders:live`) or without; what it does not name runs on AWS. Null when the text
 * names no function.
 */
export function toFunctionTarget(functionArn: string, account: Pick<AccountDocument, 'functions' | 'region'>, api: InvokeApi): FunctionTarget | null {
  const reference = parseFunctionReference(functionArn)
  if (reference === null) return null
  const named = namedTarget(reference, account.functions)
  if (named === null) return { kind: 'aws', region: reference.region ?? account.region, path: invokePath(reference.unqualified, reference, api) }
  const path = invokePath(reference.name, reference, api)
  if ('binding' in named) return { kind: 'binding', binding: named.binding, path }
  return { kind: 'url', url: toInvokeUrl(named.url, path) }
}

function namedTarget({ name, qualifier }: FunctionReference, functions: AccountDocument['functions']): AccountDocument['functions'][string] | null {
  const qualified = `${name}:${qualifier ?? ''}`
  if (qualifier !== null && Object.hasOwn(functions, qualified)) return functions[qualified] ?? null
  return Object.hasOwn(functions, name) ? (functions[name] ?? null) : null
}

function invokePath(name: string, { qualifier }: FunctionReference, api: InvokeApi): string {
  const query = qualifier === null ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`
  return `/${API_VERSIONS[api]}/functions/${encodeURIComponent(name)}/${api}${query}`
}

/** A URL that ends in `/invocations` is the whole address of one function, as Lambda's runtime interface emulator has it; any other is the root of the API. */
function toInvokeUrl(url: string, path: string): string {
  return new URL(url).pathname.endsWith('/invocations') ? url : url.replace(/\/+$/u, '') + path
}
