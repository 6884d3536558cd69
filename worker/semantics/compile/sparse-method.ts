import type { IntegrationDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { isSameJson } from '../stages/same-json.ts'
import { PLAIN_INTEGRATION, PLAIN_METHOD } from './plain-method.ts'

/** A method without the members that most methods have alike: less than half the size, in KV and in each isolate. */
export type SparseMethod = Partial<Omit<MethodDocument, 'integration'>> & { readonly integration: Partial<IntegrationDocument> }

/** Leaves out what `fillMethod` puts back. */
export function toSparseMethod({ integration, ...method }: MethodDocument): SparseMethod {
  return { ...without(method, PLAIN_METHOD), integration: without(integration, PLAIN_INTEGRATION) }
}

/** The whole method again. */
export function fillMethod({ integration, ...method }: SparseMethod): MethodDocument {
  return { ...PLAIN_METHOD, ...method, integration: { ...PLAIN_INTEGRATION, ...integration } }
}

function without<Value extends object>(value: Value, defaults: Value): Partial<Value> {
  const known = new Map<string, unknown>(Object.entries(defaults))
  return Object.fromEntries(Object.entries(value).filter(([name, member]) => !known.has(name) || !isSameJson(member, known.get(name)))) as Partial<Value>
}
