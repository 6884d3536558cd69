import { type JavaMap, type JavaValue, toDecimal, toList, toMap, toWhole } from './java-values.ts'
import type { ContextValue, ContextVariables, OverriddenParameters, Overrides } from './template-scope.ts'

/** The order in which API Gateway's own `$context.keySet()` lists its members; any others follow in the order given. */
const KEY_ORDER = [
  'resourceId',
  'resourcePath',
  'httpMethod',
  'extendedRequestId',
  'requestTime',
  'path',
  'accountId',
  'protocol',
  'requestOverride',
  'stage',
  'domainPrefix',
  'requestTimeEpoch',
  'requestId',
  'identity',
  'domainName',
  'deploymentId',
  'responseOverride',
  'apiId',
]

/** `$context`, with the overrides of an earlier template in their places. */
export function toContext(context: ContextVariables, overrides: Overrides | undefined): JavaMap {
  const members = new Map(Object.entries(context))
  const placed = new Map<string, JavaValue>()
  for (const name of KEY_ORDER) {
    const value = members.get(name)
    if (name === 'requestOverride') placed.set(name, toRequestOverride(overrides))
    else if (name === 'responseOverride') placed.set(name, toResponseOverride(overrides))
    else if (value !== undefined) placed.set(name, toJava(value))
  }
  for (const [name, value] of members) if (value !== undefined && !placed.has(name)) placed.set(name, toJava(value))
  return toMap(placed, { isSilent: true })
}

function toRequestOverride(overrides: Overrides | undefined): JavaMap {
  const earlier = overrides?.requestOverride
  return toMap(
    [
      ['path', toParameters(earlier?.path)],
      ['header', toParameters(earlier?.header)],
      ['querystring', toParameters(earlier?.querystring)],
      ...toEntries(earlier?.custom),
    ],
    { isSilent: true },
  )
}

function toResponseOverride(overrides: Overrides | undefined): JavaMap {
  const earlier = overrides?.responseOverride
  const status: [JavaValue, JavaValue][] = earlier?.status === undefined ? [] : [['status', earlier.status]]
  return toMap([['header', toParameters(earlier?.header)], ...status, ...toEntries(earlier?.custom)], { isSilent: true })
}

function toParameters(parameters: OverriddenParameters | undefined): JavaMap {
  return toMap(toEntries(parameters), { isSilent: true, writesOnce: true })
}

function toEntries(members: Readonly<Record<string, ContextValue>> | undefined): [JavaValue, JavaValue][] {
  return Object.entries(members ?? {}).map(([name, value]) => [name, toJava(value)])
}

/** Turns what the gateway hands in into values of the template; maps inside `$context` print as nothing. */
function toJava(value: ContextValue): JavaValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : toNumber(value)
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return toList(value.map(toJava))
  const members = Object.entries(value).filter((member): member is [string, ContextValue] => member[1] !== undefined)
  return toMap(members.map(([name, member]) => [name, toJava(member)] as const), { isSilent: true })
}

function toNumber(value: number): JavaValue {
  return Number.isInteger(value) ? toWhole(BigInt(value)) : toDecimal(value)
}

function isList(value: ContextValue): value is readonly ContextValue[] {
  return Array.isArray(value)
}
