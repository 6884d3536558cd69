import { compilePolicy } from '../policy/compile-policy.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import { toValue } from '../source/source-node.ts'

/** The length of a resource policy without its white space (aws-rest 12.1). */
const LIMITS = { policyCharactersMax: 8_192 } as const

/** Checks the resource policy of an API. */
export function checkPolicy(at: Place, report: Report): void {
  const document = toValue(at.node)
  const { length } = JSON.stringify(document)
  if (length > LIMITS.policyCharactersMax) report.error(at, `the resource policy has ${length} characters; at most ${LIMITS.policyCharactersMax} are accepted`)
  const compiled = compilePolicy(document, { kind: 'resource' })
  if (compiled.kind === 'policy') return
  for (const { path, message } of compiled.issues) report.error(descend(at, ...toKeys(path)), message)
}

/** `Statement[0].Action` as keys. */
function toKeys(path: string): (string | number)[] {
  return Array.from(path.matchAll(/[^.[\]]+/gu), ([key]) => (/^[0-9]+$/u.test(key) ? Number(key) : key))
}
