import { bothThere, whenThere, type Awaitable } from '../awaitable.ts'
import type { Ports } from '../ports.ts'
import type { DeploymentHead } from '../semantics/compile/deployment-text.ts'
import { addressByDefaultHost, addressByDomain, addressByPath, toDefaultHostApi, type Address } from '../semantics/routing/address.ts'
import { drawCanary, toStickyDraw } from '../semantics/stages/canary-draw.ts'
import type { OpenStage } from '../semantics/stages/open-stage.ts'
import type { Received, Resolved } from './exchange.ts'
import { DoorRefusal } from './refusal.ts'

/** Step 2. Finds the API and the stage that the URL names, and draws the side of the canary. */
export async function resolveStage(received: Received, ports: Ports): Promise<Resolved> {
  const address = await findAddress(received, ports)
  if (address === null) throw forbidden('the URL names no API and stage')
  // A fresh isolate reads both at once.
  const [stage, account] = await bothThere(ports.rules.stage(address.apiId, address.stageName), ports.rules.account())
  if (stage === null) throw forbidden(`there is no stage ${address.stageName} of ${address.apiId}`)
  const isCanaryRequest = chooseSide(stage, received, ports)
  const side = isCanaryRequest === true && stage.canary !== null ? stage.canary : { deployment: stage.deployment, stageVariables: stage.document.variables }
  const closed = findClosedDoor(side.deployment.document, address, received)
  if (closed !== null) throw forbidden(closed)
  return {
    ...received,
    account,
    stage,
    deployment: side.deployment,
    isCanaryRequest,
    stageVariables: side.stageVariables,
    resourceRequestPath: address.resourceRequestPath,
    contextPath: address.contextPath,
    eventPath: address.eventPath,
    domainName: received.host,
    domainPrefix: received.host.slice(0, Math.max(0, received.host.indexOf('.'))) || received.host,
    customDomain: address.customDomain,
  }
}

/** Why an API is not to be reached this way; null when it is. What is called from a private network reaches private APIs, and nothing else does (aws-rest 12.4). */
function findClosedDoor({ endpointConfiguration, disableExecuteApiEndpoint }: DeploymentHead, address: Address, { privateNetwork }: Received): string | null {
  if (address.isDefaultEndpoint && disableExecuteApiEndpoint) return 'the default endpoint of the API is disabled'
  const isPrivate = endpointConfiguration.type === 'PRIVATE'
  if (isPrivate === (privateNetwork !== null)) return null
  return isPrivate ? 'the API is private' : 'the API is not private: a private network does not lead to it'
}

/** Whether the canary answers: a sticky one by what the caller shows, any other by chance; null when there is none (aws-rest 8.4). */
function chooseSide({ canary }: OpenStage, received: Received, ports: Ports): boolean | null {
  if (canary === null) return null
  const draw = toStickyDraw(canary.stickiness, { headers: received.request.headers, sourceIp: received.sourceIp }) ?? ports.chance.random()
  return drawCanary(canary.percentTraffic, draw)
}

/** An API is reached by a custom domain, by its default host, and on any other host by its id as first path segment (design section 3). */
function findAddress({ host, fullPath, request, privateNetwork }: Received, ports: Ports): Awaitable<Address | null> {
  // Who comes from a private network may name the API in a header, whatever host it calls (aws-rest 12.4).
  const named = privateNetwork === null ? null : request.headers.get('x-apigw-api-id')
  if (named !== null) return addressByDefaultHost(named, fullPath)
  const defaultHostApi = toDefaultHostApi(host, ports.names.executeApiDomain)
  if (defaultHostApi !== null) return addressByDefaultHost(defaultHostApi, fullPath)
  return whenThere(ports.rules.domain(host), (domain) => (domain === null ? addressByPath(fullPath) : addressByDomain(domain, fullPath)))
}

function forbidden(note: string): DoorRefusal {
  return new DoorRefusal({ statusCode: 403, message: 'Forbidden', errorType: 'ForbiddenException', note })
}
