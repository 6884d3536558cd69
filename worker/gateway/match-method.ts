import { matchRoute } from '../semantics/routing/route-tree.ts'
import { openClientParameters } from './client-parameters.ts'
import { decodeRequestBody } from './decode-request-body.ts'
import type { Matched, Resolved } from './exchange.ts'
import { refuseWithoutRoute } from './refuse-without-route.ts'

/** Step 3. Finds the method that answers; there is no 404 and no 405 (aws-rest 1.5). */
export function matchMethod(resolved: Resolved): Matched | Promise<never> {
  const match = matchRoute(resolved.deployment.routes, resolved.resourceRequestPath, resolved.httpMethod)
  if (match === null) return refuseWithoutRoute(resolved)
  const method = resolved.deployment.method(match.leaf)
  const settings = resolved.stage.settingOf(method)
  const { pathParameters } = match
  return { ...resolved, method, pathParameters, parameters: openClientParameters(resolved, pathParameters), body: decodeRequestBody(resolved), wireBody: resolved.body, settings }
}
