import { findAuthorizerIssues } from '../authorizers/ready-authorizer.ts'
import type { Definition } from '../openapi/definition.ts'
import { childOf } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/** Amazon's bound of authorizers of one API (aws-rest 17). */
const LIMITS = { authorizersMax: 10 } as const

/** Checks every authorizer of a definition: one that can't work would let nobody in. */
export function checkAuthorizers({ at, authorizers }: Definition, report: Report): void {
  if (authorizers.length > LIMITS.authorizersMax) report.error(at, `an API has at most ${LIMITS.authorizersMax} authorizers; this one has ${authorizers.length}`)
  for (const authorizer of authorizers) {
    for (const { field, message } of findAuthorizerIssues(authorizer.document)) report.error(childOf(authorizer.at, field) ?? authorizer.at, message)
    const { type, identityValidationExpression } = authorizer.document
    if ((type === 'REQUEST' || type === 'JWT') && identityValidationExpression !== null) {
      report.warning(childOf(authorizer.at, 'identityValidationExpression') ?? authorizer.at, `an authorizer of type ${type} has no validation expression: it is not looked at`)
    }
  }
}
