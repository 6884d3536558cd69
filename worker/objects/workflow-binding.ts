/** What the gateway asks of a Workflow binding. */
interface Starting {
  create(options: { readonly id: string; readonly params: unknown }): Promise<unknown>
  get(id: string): Promise<{ status(): Promise<InstanceStatus>; terminate(): Promise<void> }>
}

/** The Workflow of a name that rule files use; null when the Worker has no such binding. */
export function workflowOf(env: object, name: string): Starting | null {
  if (!Object.hasOwn(env, name)) return null
  const binding: unknown = Reflect.get(env, name)
  return isStarting(binding) ? binding : null
}

function isStarting(binding: unknown): binding is Starting {
  return typeof binding === 'object' && binding !== null && 'create' in binding && 'get' in binding && typeof binding.create === 'function' && typeof binding.get === 'function'
}
