import { circuitBreakerSchema, retrySchema, type IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { mapField, warnUnknownFields } from '../source/fields.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import { toValue } from '../source/source-node.ts'

/** What a rule says that leaves something out. */
const DEFAULTS = {
  retry: { attempts: 3, statusCodes: [502, 503, 504], budgetPercent: 20, backoffInMillis: 50 },
  circuitBreaker: { failurePercent: 50, minimumCalls: 20, windowInMillis: 10_000, openInMillis: 5_000, probes: 1 },
} as const

/** Reads an integration's rules for failures: `x-stagedoor-retry` and `x-stagedoor-circuit-breaker`, both off when absent. */
export function readResilience(integration: Place, report: Report): Pick<IntegrationDocument, 'retry' | 'circuitBreaker'> {
  const retry = readRule(integration, 'x-stagedoor-retry', { schema: retrySchema, defaults: DEFAULTS.retry }, report)
  const circuitBreaker = readRule(integration, 'x-stagedoor-circuit-breaker', { schema: circuitBreakerSchema, defaults: DEFAULTS.circuitBreaker }, report)
  return { ...(retry === null ? {} : { retry }), ...(circuitBreaker === null ? {} : { circuitBreaker }) }
}

interface Shape<Rule> {
  readonly schema: { safeParse(value: unknown): { readonly success: true; readonly data: Rule } | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } } }
  readonly defaults: Readonly<Record<string, unknown>>
}

function readRule<Rule>(integration: Place, key: string, { schema, defaults }: Shape<Rule>, report: Report): Rule | null {
  const at = mapField(integration, key, report)
  if (at === null) return null
  warnUnknownFields(at, Object.keys(defaults), report)
  const written = toValue(at.node)
  const known = typeof written === 'object' && written !== null ? Object.fromEntries(Object.entries(written).filter(([name]) => Object.hasOwn(defaults, name))) : {}
  const parsed = schema.safeParse({ ...defaults, ...known })
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues) report.error(path.reduce<Place>((place, part) => descend(place, typeof part === 'number' ? part : String(part)), at), message)
  return null
}
