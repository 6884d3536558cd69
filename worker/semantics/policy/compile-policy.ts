import { compileCondition, type Condition } from './compile-condition.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import type { PolicyIssue } from './policy-issue.ts'
import { compileAwsPrincipal, type PrincipalTest } from './principal.ts'

/** Patterns of a statement and whether they name what it is about (`Action`) or all else (`NotAction`). */
export interface PatternSet {
  readonly isNegated: boolean
  readonly patterns: readonly Pattern[]
}

/** One statement of a policy, prepared. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny'
  readonly actions: PatternSet
  /** Null in a policy that belongs to a principal: it speaks of nobody else. */
  readonly principal: PrincipalTest | null
  readonly resources: PatternSet
  readonly conditions: readonly Condition[]
}

/** An IAM policy, checked and prepared once; evaluated by `evaluatePolicy`. */
export interface Policy {
  readonly statements: readonly Statement[]
}

/** Whose policy it is decides what it must say: a resource's policy names principals, an identity's must not. */
export interface PolicyOptions {
  readonly kind: 'resource' | 'identity'
  /** Turns a `Resource` into a full ARN; Amazon expands the short form of resource policies when it saves them (aws-rest 12.1). */
  readonly expandResource?: (resource: string) => string
}

/** Either the policy or all that is wrong with it. */
export type PolicyCompilation = { readonly kind: 'policy'; readonly policy: Policy } | { readonly kind: 'invalid'; readonly issues: readonly PolicyIssue[] }

const ELEMENTS = new Set(['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'])
const VERSIONS: ReadonlySet<unknown> = new Set([undefined, '2012-10-17', '2008-10-17'])
/** Bounds the work of one evaluation; Amazon bounds it by the size of the document (aws-rest 17: 8,192 characters). */
const LIMITS = { statementsMax: 500 } as const

/** Checks a policy document and prepares it; reports everything that is wrong at once. */
export function compilePolicy(document: unknown, options: PolicyOptions): PolicyCompilation {
  if (!isRecord(document)) return { kind: 'invalid', issues: [{ path: '', message: 'a policy is an object with a Statement' }] }
  const issues: PolicyIssue[] = []
  for (const key of Object.keys(document)) {
    if (!['Version', 'Id', 'Statement'].includes(key)) issues.push({ path: key, message: `a policy has no element ${key}` })
  }
  if (!VERSIONS.has(document['Version'])) issues.push({ path: 'Version', message: 'the version of a policy is 2012-10-17' })
  const given = document['Statement']
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (given === undefined || list.length > LIMITS.statementsMax) issues.push({ path: 'Statement', message: `a policy has 1 to ${LIMITS.statementsMax} statements` })
  const statements: Statement[] = []
  for (const [index, item] of list.entries()) {
    const statement = compileStatement(item, `Statement[${index}]`, options, issues)
    if (statement !== null) statements.push(statement)
  }
  return issues.length > 0 ? { kind: 'invalid', issues } : { kind: 'policy', policy: { statements } }
}

function compileStatement(item: unknown, path: string, options: PolicyOptions, issues: PolicyIssue[]): Statement | null {
  if (!isRecord(item)) {
    issues.push({ path, message: 'a statement is an object' })
    return null
  }
  for (const key of Object.keys(item)) {
    if (!ELEMENTS.has(key)) issues.push({ path: `${path}.${key}`, message: `a statement has no element ${key}` })
  }
  const effect = item['Effect']
  if (effect !== 'Allow' && effect !== 'Deny') issues.push({ path: `${path}.Effect`, message: 'Effect is Allow or Deny' })
  return {
    effect: effect === 'Allow' ? 'Allow' : 'Deny',
    principal: compilePrincipal(item, path, options, issues),
    actions: compilePatterns(item, { name: 'Action', path, issues, ignoreCase: true, prepare: (text) => text.toLowerCase() }),
    resources: compilePatterns(item, { name: 'Resource', path, issues, ignoreCase: false, prepare: options.expandResource ?? ((text) => text) }),
    conditions: compileConditions(item['Condition'], `${path}.Condition`, issues),
  }
}

interface PatternElement {
  readonly name: 'Action' | 'Resource'
  readonly path: string
  readonly issues: PolicyIssue[]
  readonly ignoreCase: boolean
  readonly prepare: (text: string) => string
}

function compilePatterns(item: Readonly<Record<string, unknown>>, { name, path, issues, ignoreCase, prepare }: PatternElement): PatternSet {
  const positive = item[name]
  const negative = item[`Not${name}`]
  const texts = toTexts(positive ?? negative)
  if ((positive === undefined) === (negative === undefined)) issues.push({ path, message: `a statement has either ${name} or Not${name}` })
  else if (texts === null || texts.length === 0) issues.push({ path: `${path}.${name}`, message: `${name} is a text or a list of texts` })
  const patterns = (texts ?? []).map((text) => compilePattern(prepare(text), { wildcards: true, ignoreCase }))
  return { isNegated: negative !== undefined, patterns }
}

function compilePrincipal(item: Readonly<Record<string, unknown>>, path: string, options: PolicyOptions, issues: PolicyIssue[]): PrincipalTest | null {
  const positive = item['Principal']
  const negative = item['NotPrincipal']
  if (options.kind === 'identity') {
    if (positive !== undefined || negative !== undefined) issues.push({ path: `${path}.Principal`, message: 'the policy of a principal names no principal' })
    return null
  }
  if ((positive === undefined) === (negative === undefined)) {
    issues.push({ path, message: 'a statement of a resource policy has either Principal or NotPrincipal' })
    return null
  }
  const tests = compilePrincipalElement(positive ?? negative, `${path}.Principal`, issues)
  const isAny: PrincipalTest = (principal) => tests.some((test) => test(principal))
  return negative === undefined ? isAny : (principal) => !isAny(principal)
}

function compilePrincipalElement(element: unknown, path: string, issues: PolicyIssue[]): readonly PrincipalTest[] {
  if (element === '*') return [() => true]
  if (!isRecord(element)) {
    issues.push({ path, message: 'Principal is "*" or an object such as { "AWS": "..." }' })
    return []
  }
  return Object.entries(element).flatMap(([type, value]) => compilePrincipalType(type, value, path, issues))
}

function compilePrincipalType(type: string, value: unknown, path: string, issues: PolicyIssue[]): readonly PrincipalTest[] {
  const texts = toTexts(value)
  if (texts === null || !['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(type)) {
    issues.push({ path: `${path}.${type}`, message: 'a principal is AWS, Service, Federated or CanonicalUser, with a text or a list of texts' })
    return []
  }
  // Services and federated users never call through this gateway: their statements are kept and match nobody.
  if (type !== 'AWS') return [() => false]
  return texts.flatMap((text) => {
    const test = compileAwsPrincipal(text)
    if (test === undefined) issues.push({ path: `${path}.AWS`, message: `${JSON.stringify(text)} is neither *, an account id nor an ARN` })
    return test === undefined ? [] : [test]
  })
}

function compileConditions(block: unknown, path: string, issues: PolicyIssue[]): readonly Condition[] {
  if (block === undefined) return []
  if (!isRecord(block)) {
    issues.push({ path, message: 'Condition is an object of operators' })
    return []
  }
  return Object.entries(block).flatMap(([operator, keys]) => {
    const values = toConditionKeys(keys)
    const compiled = values === null ? { path: `${path}.${operator}`, message: 'an operator has keys, and a key a value or a list of values' } : compileCondition(operator, values, `${path}.${operator}`)
    if (!('path' in compiled)) return compiled
    issues.push(compiled)
    return []
  })
}

function toConditionKeys(keys: unknown): Readonly<Record<string, readonly string[]>> | null {
  if (!isRecord(keys)) return null
  const texts: Record<string, readonly string[]> = {}
  for (const [key, value] of Object.entries(keys)) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!list.every((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')) return null
    texts[key] = list.map(String)
  }
  return texts
}

function toTexts(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return null
  const list: readonly unknown[] = value
  return list.every((item) => typeof item === 'string') ? list : null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
