import type { DeploymentDocument } from '../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../kv-schemas/documents/stage.ts'
import { openDeployment } from '../../worker/semantics/compile/open-deployment.ts'
import { addressByDefaultHost, addressByDomain, addressByPath, toDefaultHostApi, type Address } from '../../worker/semantics/routing/address.ts'
import { toCanonicalPath, type CanonicalPath } from '../../worker/semantics/routing/canonical-path.ts'
import { findNearMisses, type NearMiss } from '../../worker/semantics/routing/near-misses.ts'
import { matchRoute } from '../../worker/semantics/routing/route-tree.ts'
import type { RuleSet } from '../../worker/semantics/rules/rule-set.ts'
import { didYouMean } from '../../worker/semantics/source/nearest-word.ts'
import { methodSettingOf } from '../../worker/semantics/stages/open-stage.ts'
import { explainIntegration } from './explain-integration.ts'
import type { Explanation } from './explanation.ts'

/** A request to explain. */
export interface ExplainedRequest {
  readonly httpMethod: string
  readonly url: URL
  /** The domain of default hosts. */
  readonly executeApiDomain: string
}

const NOTHING = {
  reachedBy: null,
  apiId: null,
  basePath: null,
  stage: null,
  deploymentId: null,
  canary: null,
  path: null,
  resource: null,
  resourceMethod: null,
  pathParameters: {},
  method: null,
  settings: null,
  integration: null,
  refusal: null,
  nearMisses: [],
} as const

/** Sends a request through the routing of the data plane, offline, and says what it meets at each step. */
export function explainRequest(rules: RuleSet, request: ExplainedRequest): Explanation {
  const { httpMethod, url } = request
  const start: Explanation = { ...NOTHING, httpMethod, url: url.href, host: url.hostname }
  const found = findAddress(rules, request)
  if (found.address === null) return { ...start, reachedBy: found.reachedBy, refusal: forbidden(found.reason) }
  const { address, reachedBy } = found
  const addressed: Explanation = { ...start, reachedBy, apiId: address.apiId, basePath: address.customDomain?.basePathMatched ?? null, stage: address.stageName, path: address.resourceRequestPath }
  const stage = rules.stages.find((candidate) => candidate.apiId === address.apiId && candidate.stageName === address.stageName)
  const deployment = rules.deployments.find((candidate) => candidate.apiId === address.apiId)
  if (deployment === undefined) return { ...addressed, refusal: forbidden(`there is no API ${address.apiId}${didYouMean(address.apiId, rules.deployments.map((known) => known.apiId))}`) }
  if (stage === undefined) {
    const known = rules.stages.filter((candidate) => candidate.apiId === address.apiId).map((candidate) => candidate.stageName)
    return { ...addressed, refusal: forbidden(`the API ${address.apiId} has no stage ${address.stageName}${didYouMean(address.stageName, known)}`) }
  }
  const staged: Explanation = { ...addressed, deploymentId: stage.deploymentId, canary: stage.canarySettings }
  const closed = findClosedDoor(address, deployment)
  return closed === null ? explainMethod(staged, address, { deployment, stage, request }) : { ...staged, refusal: forbidden(closed) }
}

type FoundAddress =
  | { readonly address: Address; readonly reachedBy: NonNullable<Explanation['reachedBy']> }
  | { readonly address: null; readonly reachedBy: Explanation['reachedBy']; readonly reason: string }

/** The same three ways as the request path (`worker/gateway/resolve-stage.ts`). */
function findAddress(rules: RuleSet, { url, executeApiDomain }: ExplainedRequest): FoundAddress {
  const path: CanonicalPath = toCanonicalPath(url.pathname)
  const host = url.hostname.toLowerCase()
  const defaultHostApi = toDefaultHostApi(host, executeApiDomain)
  if (defaultHostApi !== null) {
    return orReason(addressByDefaultHost(defaultHostApi, path), 'default host', `the path names no stage: the default host of an API takes /{stage}/{path}`)
  }
  const domain = rules.domains.find((candidate) => candidate.domainName === host) ?? rules.domains.find((candidate) => candidate.domainName === `*${host.slice(host.indexOf('.'))}`)
  if (domain !== undefined) {
    const known = domain.basePathMappings.map((mapping) => `/${mapping.basePath}`).join(', ')
    return orReason(addressByDomain(domain, path), 'custom domain', `no base path mapping of ${domain.domainName} takes the path (it has ${known === '' ? 'none' : known})`)
  }
  return orReason(addressByPath(path), 'path', `${host} is no custom domain and no default host (<apiId>.${executeApiDomain}); any other host takes /{apiId}/{stage}/{path}`)
}

function orReason(address: Address | null, reachedBy: NonNullable<Explanation['reachedBy']>, reason: string): FoundAddress {
  return address === null ? { address, reachedBy, reason } : { address, reachedBy }
}

function findClosedDoor(address: Address, { disableExecuteApiEndpoint, endpointConfiguration }: DeploymentDocument): string | null {
  if (address.isDefaultEndpoint && disableExecuteApiEndpoint) return 'the default endpoint of the API is disabled'
  if (endpointConfiguration.type === 'PRIVATE') return 'the API is private: only Workers that are bound to it can call it'
  return null
}

interface Stage {
  readonly deployment: DeploymentDocument
  readonly stage: StageDocument
  readonly request: ExplainedRequest
}

function explainMethod(staged: Explanation, address: Address, { deployment, stage, request }: Stage): Explanation {
  const { routes, method: methodAt } = openDeployment(deployment)
  const match = matchRoute(routes, address.resourceRequestPath, request.httpMethod)
  const ready = match === null ? undefined : methodAt(match.leaf)
  const nearMisses = nearMissesOf(deployment, address.resourceRequestPath, request.httpMethod, ready?.resourcePath ?? null)
  if (match === null || ready === undefined) {
    const reason = `no resource answers ${request.httpMethod} ${address.resourceRequestPath === '' ? '/' : address.resourceRequestPath}`
    return { ...staged, nearMisses, refusal: { statusCode: 403, message: 'Missing Authentication Token', reason } }
  }
  const { integration, methodResponses: _methodResponses, ...method } = ready.document
  return {
    ...staged,
    resource: ready.resourcePath,
    resourceMethod: ready.httpMethod,
    pathParameters: match.pathParameters,
    method,
    settings: methodSettingOf(stage, ready.resourcePath, ready.httpMethod),
    integration: explainIntegration(integration, { httpMethod: request.httpMethod, pathParameters: match.pathParameters, stageVariables: stage.variables }),
    nearMisses,
  }
}

function nearMissesOf(deployment: DeploymentDocument, path: string, httpMethod: string, chosen: string | null): NearMiss[] {
  const candidates = deployment.resources.map((resource) => ({ path: resource.path, methods: Object.keys(resource.methods) }))
  return findNearMisses(candidates, { path, httpMethod, chosen })
}

function forbidden(reason: string): Explanation['refusal'] {
  return { statusCode: 403, message: 'Forbidden', reason }
}
