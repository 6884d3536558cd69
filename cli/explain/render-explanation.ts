import type { Terminal } from '../command.ts'
import type { Explanation } from './explanation.ts'

/** Writes an explanation for people: a line a step, as far as the request gets. */
export function renderExplanation(explanation: Explanation, terminal: Terminal): string[] {
  const lines = [`${explanation.httpMethod} ${explanation.url}`, ...toFacts(explanation).map(([name, value]) => `  ${terminal.paint('dim', name.padEnd(13))} ${value}`)]
  const { refusal, nearMisses } = explanation
  if (refusal !== null) lines.push(`  ${terminal.paint('red', 'refused'.padEnd(13))} ${refusal.statusCode} ${refusal.message}: ${refusal.reason}`)
  if (nearMisses.length > 0) lines.push(refusal === null ? '  Not these:' : '  Near misses:')
  const width = Math.max(0, ...nearMisses.map((miss) => miss.path.length))
  for (const miss of nearMisses) lines.push(`    ${miss.path.padEnd(width)}  ${miss.reason}`)
  return lines
}

function toFacts(explanation: Explanation): [string, string][] {
  const { host, reachedBy, apiId, basePath, stage, deploymentId, canary, path } = explanation
  const facts: [string, string][] = []
  if (reachedBy !== null) facts.push(['host', `${host} (${reachedBy}${basePath === null || basePath === '' ? '' : `, base path /${basePath}`})`])
  if (apiId !== null) facts.push(['API', apiId])
  if (stage !== null) facts.push(['stage', stage])
  if (deploymentId !== null) facts.push(['deployment', deploymentId])
  if (canary !== null) facts.push(['canary', `${canary.percentTraffic} % of the requests meet ${canary.deploymentId}`])
  if (path !== null) facts.push(['path', path === '' ? '/' : path])
  return [...facts, ...toMethodFacts(explanation)]
}

function toMethodFacts({ resource, resourceMethod, pathParameters, method, settings, integration }: Explanation): [string, string][] {
  if (resource === null || method === null || integration === null || settings === null) return []
  const { authorizationType, authorizerId, authorizationScopes, apiKeyRequired, requestValidator } = method
  const facts: [string, string][] = [['method', `${resourceMethod ?? ''} ${resource}${method.operationName === null ? '' : ` (${method.operationName})`}`]]
  for (const [name, value] of Object.entries(pathParameters)) facts.push(['parameter', `${name} = ${value}`])
  facts.push(['authorization', [authorizationType, authorizerId ?? '', ...authorizationScopes].filter((text) => text !== '').join(' ')])
  if (apiKeyRequired) facts.push(['API key', 'required'])
  if (requestValidator?.validateRequestParameters === true) facts.push(['validates', 'parameters'])
  if (requestValidator?.validateRequestBody === true) facts.push(['validates', `body by ${Object.values(method.requestModels).join(', ')}`])
  if (settings.throttlingRateLimit !== undefined) facts.push(['throttle', `${settings.throttlingRateLimit} a second, burst ${settings.throttlingBurstLimit ?? 'of the account'}`])
  if (settings.cachingEnabled) facts.push(['cache', `${settings.cacheTtlInSeconds} seconds`])
  facts.push(['integration', [integration.type, integration.httpMethod ?? '', integration.uri ?? ''].filter((text) => text !== '').join(' ')])
  facts.push(['timeout', `${integration.timeoutInMillis} ms`])
  return facts
}
