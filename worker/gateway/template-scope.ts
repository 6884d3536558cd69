import { toWireCase } from '../semantics/integrations/header-case.ts'
import type { ContextMap } from '../semantics/mapping/context-value.ts'
import type { Overrides, TemplateScope } from '../semantics/templates/template-scope.ts'
import type { Matched } from './exchange.ts'

/** What a mapping template of an exchange sees: the body it transforms, and the client's parameters whichever way the exchange goes (aws-rest 7.1). */
export function toTemplateScope(matched: Matched, { body, context, overrides }: { readonly body: string; readonly context: ContextMap; readonly overrides?: Overrides }): TemplateScope {
  const parameters = matched.parameters()
  return {
    body,
    params: {
      path: parameters.path,
      querystring: Object.fromEntries(Array.from(parameters.querystring(), ([name, values]) => [name, values.at(-1) ?? ''])),
      header: Object.fromEntries(parameters.headers().map(([name, value]) => [toWireCase(name), value])),
    },
    context,
    stageVariables: matched.stageVariables,
    ...(overrides === undefined ? {} : { overrides }),
  }
}
