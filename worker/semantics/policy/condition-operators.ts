import { isInBlock, parseIpAddress, parseIpBlock } from './ip-address.ts'
import { compilePattern, matchesPattern, type ContextLookup } from './pattern.ts'

/** One value of a condition, prepared: whether it fits a value of the request. */
export type ValueTest = (requestValue: string, lookup: ContextLookup) => boolean

/** What a condition operator means. */
export interface ConditionOperator {
  /** `StringNotEquals` and its like hold when no value fits, and when the request has no such key. */
  readonly isNegated: boolean
  /** Prepares a value of the policy; gives `undefined` when the operator can't take it. */
  readonly compile: (policyValue: string) => ValueTest | undefined
}

type Compile = ConditionOperator['compile']

const text = (wildcards: boolean, ignoreCase: boolean): Compile => (policyValue) => {
  const pattern = compilePattern(policyValue, { wildcards, ignoreCase })
  return (value, lookup) => matchesPattern(pattern, ignoreCase ? value.toLowerCase() : value, lookup)
}

/** The six parts of an ARN are matched each for itself: a wildcard reaches no further than its part. A value of fewer parts, such as `*`, is matched as text. */
const arn: Compile = (policyValue) => {
  const patterns = splitArn(policyValue)?.map((part) => compilePattern(part, { wildcards: true, ignoreCase: false }))
  if (patterns === undefined) return text(true, false)(policyValue)
  return (value, lookup) => {
    const parts = splitArn(value)
    return parts !== undefined && patterns.every((pattern, index) => matchesPattern(pattern, parts[index] ?? '', lookup))
  }
}

function splitArn(value: string): readonly string[] | undefined {
  const parts = value.split(':')
  return parts.length >= 6 ? [...parts.slice(0, 5), parts.slice(5).join(':')] : undefined
}

const number = (fits: (value: number, limit: number) => boolean): Compile => (policyValue) => {
  const limit = parseNumber(policyValue)
  if (limit === undefined) return undefined
  return (text) => {
    const value = parseNumber(text)
    return value !== undefined && fits(value, limit)
  }
}

function parseNumber(value: string): number | undefined {
  return /^[+-]?[0-9]+(\.[0-9]+)?$/u.test(value.trim()) ? Number(value) : undefined
}

const date = (fits: (timeMs: number, limitMs: number) => boolean): Compile => (policyValue) => {
  const limitMs = parseDate(policyValue)
  if (limitMs === undefined) return undefined
  return (text) => {
    const timeMs = parseDate(text)
    return timeMs !== undefined && fits(timeMs, limitMs)
  }
}

const ISO_8601 = /^[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?$/u

/** A date of ISO 8601, or seconds since 1970; both in milliseconds since 1970. */
function parseDate(value: string): number | undefined {
  if (/^[0-9]{5,13}$/u.test(value)) return Number(value) * 1000
  const timeMs = ISO_8601.test(value) ? Date.parse(withZone(value)) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** A time without a zone is UTC in a policy, and local time in JavaScript. */
function withZone(value: string): string {
  return value.includes('T') && !/(Z|[+-][0-9]{2}:?[0-9]{2})$/u.test(value) ? `${value}Z` : value
}

const bool: Compile = (policyValue) => {
  const wanted = policyValue.toLowerCase()
  return wanted === 'true' || wanted === 'false' ? (value) => value.toLowerCase() === wanted : undefined
}

const ip: Compile = (policyValue) => {
  const block = parseIpBlock(policyValue)
  if (block === undefined) return undefined
  return (value) => {
    const address = parseIpAddress(value)
    return address !== undefined && isInBlock(address, block)
  }
}

const is = (compile: Compile): ConditionOperator => ({ isNegated: false, compile })
const isNot = (compile: Compile): ConditionOperator => ({ isNegated: true, compile })

/** Every condition operator of IAM but `Null`, which tests the key and not its value (aws-rest 12.3). */
export const CONDITION_OPERATORS: Readonly<Record<string, ConditionOperator>> = {
  StringEquals: is(text(false, false)),
  StringNotEquals: isNot(text(false, false)),
  StringEqualsIgnoreCase: is(text(false, true)),
  StringNotEqualsIgnoreCase: isNot(text(false, true)),
  StringLike: is(text(true, false)),
  StringNotLike: isNot(text(true, false)),
  ArnEquals: is(arn),
  ArnLike: is(arn),
  ArnNotEquals: isNot(arn),
  ArnNotLike: isNot(arn),
  NumericEquals: is(number((value, limit) => value === limit)),
  NumericNotEquals: isNot(number((value, limit) => value === limit)),
  NumericLessThan: is(number((value, limit) => value < limit)),
  NumericLessThanEquals: is(number((value, limit) => value <= limit)),
  NumericGreaterThan: is(number((value, limit) => value > limit)),
  NumericGreaterThanEquals: is(number((value, limit) => value >= limit)),
  DateEquals: is(date((time, limit) => time === limit)),
  DateNotEquals: isNot(date((time, limit) => time === limit)),
  DateLessThan: is(date((time, limit) => time < limit)),
  DateLessThanEquals: is(date((time, limit) => time <= limit)),
  DateGreaterThan: is(date((time, limit) => time > limit)),
  DateGreaterThanEquals: is(date((time, limit) => time >= limit)),
  Bool: is(bool),
  BinaryEquals: is((policyValue) => (value) => value === policyValue),
  IpAddress: is(ip),
  NotIpAddress: isNot(ip),
}
