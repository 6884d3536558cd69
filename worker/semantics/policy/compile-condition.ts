import { CONDITION_OPERATORS, type ValueTest } from './condition-operators.ts'
import type { ContextLookup } from './pattern.ts'
import type { PolicyIssue } from './policy-issue.ts'

/** A condition of a statement, prepared: whether a request fulfils it. */
export type Condition = (lookup: ContextLookup) => boolean

type Values = readonly string[]
/** How many of the request's values must fit; a key without values holds for all of none, unless the operator has no quantifier. */
type Quantifier = 'some' | 'every' | 'all-or-none'

const OPERATOR = /^(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/u

/** Prepares one operator of a `Condition` block with its keys and values; all of its keys must hold. */
export function compileCondition(operatorText: string, keys: Readonly<Record<string, Values>>, path: string): readonly Condition[] | PolicyIssue {
  const parsed = OPERATOR.exec(operatorText)
  const [, prefix, name = '', suffix] = parsed ?? []
  if (name === 'Null' && suffix === undefined) return compileNull(keys, path)
  const operator = Object.hasOwn(CONDITION_OPERATORS, name) ? CONDITION_OPERATORS[name] : undefined
  if (operator === undefined) return { path, message: `there is no condition operator ${operatorText}` }
  const conditions: Condition[] = []
  for (const [key, policyValues] of Object.entries(keys)) {
    const tests: ValueTest[] = []
    for (const value of policyValues) {
      const test = operator.compile(value)
      if (test === undefined) return { path: `${path}.${key}`, message: `${name} can't take the value ${JSON.stringify(value)}` }
      tests.push(test)
    }
    const fits = (value: string, lookup: ContextLookup): boolean => tests.some((test) => test(value, lookup)) !== operator.isNegated
    const holdsWhenAbsent = suffix !== undefined || (prefix === undefined && operator.isNegated)
    conditions.push(quantify(key.toLowerCase(), fits, toQuantifier(prefix, operator.isNegated), holdsWhenAbsent))
  }
  return conditions
}

function toQuantifier(prefix: string | undefined, isNegated: boolean): Quantifier {
  if (prefix === 'ForAllValues:') return 'all-or-none'
  return prefix === undefined && isNegated ? 'every' : 'some'
}

function quantify(key: string, fits: ValueTest, quantifier: Quantifier, holdsWhenAbsent: boolean): Condition {
  return (lookup) => {
    const values = lookup(key)
    if (values === undefined || values.length === 0) return quantifier === 'all-or-none' || holdsWhenAbsent
    const check = (value: string): boolean => fits(value, lookup)
    return quantifier === 'some' ? values.some(check) : values.every(check)
  }
}

function compileNull(keys: Readonly<Record<string, Values>>, path: string): readonly Condition[] | PolicyIssue {
  const conditions: Condition[] = []
  for (const [key, values] of Object.entries(keys)) {
    const wanted = values.map((value) => value.toLowerCase())
    if (wanted.length === 0 || wanted.some((value) => value !== 'true' && value !== 'false')) return { path: `${path}.${key}`, message: 'Null takes true or false' }
    conditions.push((lookup) => wanted.includes(lookup(key.toLowerCase()) === undefined ? 'true' : 'false'))
  }
  return conditions
}
