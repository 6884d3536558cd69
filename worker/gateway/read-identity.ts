import { readIdentity, type IdentitySource } from '../semantics/authorizers/lambda/identity-source.ts'
import { readContextText } from '../semantics/mapping/context-value.ts'
import { toContextVariables } from './context-variables.ts'
import type { Guarded } from './exchange.ts'

/** The values of an authorizer's identity sources, or null when one is missing. */
export function readIdentityOf(guarded: Guarded, sources: readonly IdentitySource[]): readonly string[] | null {
  return readIdentity(sources, {
    header: (name) => guarded.request.headers.get(name),
    querystring: (name) => guarded.parameters().querystring().get(name)?.at(-1) ?? null,
    stageVariable: (name) => (Object.hasOwn(guarded.stageVariables, name) ? (guarded.stageVariables[name] ?? null) : null),
    context: (name) => readContextText(toContextVariables(guarded), name),
  })
}
