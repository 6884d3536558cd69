import type { TemplateScope } from '../../../../worker/semantics/templates/template-scope.ts'

const EMPTY: TemplateScope = {
  body: '',
  params: { path: {}, querystring: {}, header: {} },
  context: {},
  stageVariables: {},
}

/** Fills up a scope written by hand in a test: a body that is no text is sent as its JSON. */
export function toScope(written: unknown): TemplateScope {
  const given = written as Partial<Omit<TemplateScope, 'body' | 'params'>> & { body?: unknown; params?: Partial<TemplateScope['params']> }
  const body = given.body === undefined || typeof given.body === 'string' ? (given.body ?? '') : JSON.stringify(given.body)
  return { ...EMPTY, ...given, body, params: { ...EMPTY.params, ...given.params } }
}
