import type { DefinedMethod } from '../openapi/definition.ts'
import { childOf, descend } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/** Checks what a method says of its parameters and of the cache key, in Amazon's words (aws-rest 1.2, 6.1). */
export function checkMethod(method: DefinedMethod, report: Report): void {
  checkParameterNames(method, report)
  checkCacheKey(method, report)
  warnUnmappedPlaceholders(method, report)
}

function checkParameterNames({ at, document }: DefinedMethod, report: Report): void {
  const places = new Map<string, string>()
  for (const parameter of Object.keys(document.requestParameters)) {
    const [, place = '', name = ''] = /^method\.request\.([a-z]+)\.(.*)$/u.exec(parameter) ?? []
    const other = places.get(name)
    if (other !== undefined) report.error(childOf(at, 'parameters') ?? at, `Parameter names must be unique across querystring, header and path: ${JSON.stringify(name)} is in ${other} and ${place}`)
    places.set(name, place)
  }
}

function checkCacheKey({ document, integration }: DefinedMethod, report: Report): void {
  for (const [index, parameter] of (integration?.document.cacheKeyParameters ?? []).entries()) {
    if (integration === null || Object.hasOwn(document.requestParameters, parameter) || !parameter.startsWith('method.request.')) continue
    report.error(descend(integration.at, 'cacheKeyParameters', index), `Invalid cache key parameter specified: ${parameter} is no parameter of the method`)
  }
}

/** A `{placeholder}` of a URI that nothing maps goes to the backend as it is written (aws-rest 5.1). */
function warnUnmappedPlaceholders({ integration }: DefinedMethod, report: Report): void {
  const uri = integration?.document.uri ?? null
  if (integration === null || uri === null) return
  for (const [text, name = ''] of uri.matchAll(/(?<!\$)\{([A-Za-z0-9._$-]+)\+?\}/gu)) {
    if (Object.hasOwn(integration.document.requestParameters, `integration.request.path.${name}`)) continue
    report.warning(descend(integration.at, 'uri'), `nothing fills ${text}: map it by "integration.request.path.${name}": "method.request.path.${name}"`)
  }
}
