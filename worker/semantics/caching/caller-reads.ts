import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { parseExpression } from '../mapping/expression.ts'
import { findReferences } from '../templates/find-references.ts'
import type { Expression, Reference, ReferenceStep } from '../templates/syntax.ts'
import { compileKeySources } from './key-sources.ts'

/** Something of the caller that a method's answers may depend on: the words in which it is read, and what reads it. */
export interface CallerRead {
  /** As it is written: `$context.authorizer.sub`, `method.request.header.Authorization`. */
  readonly text: string
  /** What reads it, as words of a sentence: `its request template`. */
  readonly reader: string
  /** The header that it comes in; null for what an authorizer found out. */
  readonly header: CallerHeader | null
}

/** Headers by which clients say who they are. */
export type CallerHeader = 'authorization' | 'x-api-key'

/**
 * What a method reads of its caller: the `Authorization` header, an API key, claims and whatever else an authorizer found out; in mappings and in templates both ways.
 * That a proxy's backend gets every header is not among it.
 */
export function findCallerReads(integration: IntegrationDocument): readonly CallerRead[] {
  const mapped = Object.entries(integration.requestParameters).flatMap(([target, source]) => toReads(source, classifyMapping(source), `its mapping of ${target}`))
  const lent = integration.credentials === 'arn:aws:iam::*:user/*' ? toReads(integration.credentials, null, 'its integration (credentials)') : []
  if (integration.type === 'HTTP_PROXY' || integration.type === 'AWS_PROXY') return [...mapped, ...lent]
  const asked = Object.values(integration.requestTemplates).flatMap((source) => readsOf(source, 'its request template'))
  const answered = integration.integrationResponses.flatMap(({ responseTemplates, responseParameters }) => [
    ...Object.values(responseTemplates).flatMap((source) => readsOf(source, 'its response template')),
    ...Object.entries(responseParameters).flatMap(([target, source]) => toReads(source, classifyMapping(source), `its mapping of ${target}`)),
  ])
  return [...mapped, ...lent, ...asked, ...answered]
}

/** Whether something of the caller is among the method's `cacheKeyParameters`. */
export function hasCallerInKey(integration: Pick<IntegrationDocument, 'type' | 'cacheKeyParameters' | 'requestParameters'>): boolean {
  return compileKeySources(integration).some(({ kind, ...source }) => {
    if (kind === 'header' && 'of' in source) return classifyHeader(source.of) !== undefined
    return kind === 'context' && 'of' in source && classifyContext(source.of) !== undefined
  })
}

const CALLER_HEADERS: readonly CallerHeader[] = ['authorization', 'x-api-key']

/** What a name stands for: a header, null for what an authorizer found out, undefined for nothing of the caller. */
type Classified = CallerHeader | null | undefined

function toReads(text: string, classified: Classified, reader: string): readonly CallerRead[] {
  return classified === undefined ? [] : [{ text, reader, header: classified }]
}

function classifyMapping(text: string): Classified {
  const expression = parseExpression(text, text.startsWith('integration.') ? 'method-response' : 'integration-request')
  if (expression?.source === 'context') return classifyContext(expression.name)
  if (expression?.source !== 'request') return undefined
  return expression.location === 'header' || expression.location === 'multivalueheader' ? classifyHeader(expression.name) : undefined
}

function classifyHeader(name: string): Classified {
  return CALLER_HEADERS.find((header) => header === name.toLowerCase())
}

/** `$context` variables that tell who calls (aws-rest 8); the source address and the user agent do not. */
function classifyContext(name: string): Classified {
  if (/^identity\.apiKey(?:Id)?$/u.test(name)) return 'x-api-key'
  return /^(?:authorizer(?:\.|$)|identity$|identity\.(?:caller|user|userArn|accessKey|accountId|cognito[A-Za-z]+|principalOrgId)$)/u.test(name) ? null : undefined
}

function readsOf(template: string, reader: string): readonly CallerRead[] {
  return findReferences(template).flatMap((reference) => toReads(reference.literal, classifyReference(reference), reader))
}

function classifyReference({ root, steps }: Reference): Classified {
  if (root === 'context') return classifyContext(steps.map((step) => keyOf(step) ?? '').join('.'))
  const [first, ...rest] = steps
  if (root !== 'input' || first?.kind !== 'call' || first.name !== 'params') return undefined
  const [given] = first.parameters
  const [one = null, two = null] = [...(given === undefined ? [] : [textOf(given)]), ...rest.map(keyOf)]
  // All parameters, or all headers; else one parameter, looked for in every place.
  if (one === null || (one === 'header' && two === null)) return 'authorization'
  if (one === 'header') return classifyHeader(two ?? '')
  return given === undefined ? undefined : classifyHeader(one)
}

/** The key that a step reads: of `.name`, `['name']` and `.get('name')`; null when it is only known when the template runs. */
function keyOf(step: ReferenceStep): string | null {
  switch (step.kind) {
    case 'property':
      return step.name
    case 'index':
      return textOf(step.index)
    case 'call':
      return step.name === 'get' ? textOf(step.parameters[0]) : null
    default:
      return step satisfies never
  }
}

function textOf(expression: Expression | undefined): string | null {
  return expression?.kind === 'text' ? expression.text : null
}
