/** What a service binding, a VPC service and an mTLS certificate have in common. */
interface Fetching {
  fetch(url: string, init: RequestInit): Promise<Response>
}

/** The binding of a name that rule files use; null when the Worker has none that can fetch. */
export function fetcherOf(env: object, name: string): Fetching | null {
  if (!Object.hasOwn(env, name)) return null
  const binding: unknown = Reflect.get(env, name)
  return isFetching(binding) ? binding : null
}

function isFetching(binding: unknown): binding is Fetching {
  return typeof binding === 'object' && binding !== null && 'fetch' in binding && typeof binding.fetch === 'function'
}
