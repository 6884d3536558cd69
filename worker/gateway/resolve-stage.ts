import { whenThere, type Awaitable } from '../awaitable.ts'
import type { Ports } from '../ports.ts'
import { addressByDefaultHost, addressByDomain, addressByPath, toDefaultHostApi, type Address } from '../semantics/routing/address.ts'
import { drawCanary, toStickyDraw } from '../semantics/stages/canary-draw.ts'
import type { OpenStage } from '../semantics/stages/open-stage.ts'
import type { Received, Resolved } from './exchange.ts'
import { DoorRefusal } from './refusal.ts'

/** Step 2. Finds the API and the stage that the URL names, and draws the side of the canary. */
export async function resolveStage(received: Received, ports: Ports): Promise<Resolved> {
  const address = await findAddress(received, ports)
  if (address === null) throw forbidden('the URL names no API and stage')
  const stage = await ports.rules.stage(address.apiId, address.stageName)
  if (stage === null) throw forbidden(`there is no stage ${address.stageName} of ${address.apiId}`)
  const { endpointConfiguration, disableExecuteApiEndpoint } = stage.deployment.document
  if (address.isDefaultHost && disableExecuteApiEndpoint) throw forbidden('the default endpoint of the API is disabled')
  if (endpointConfiguration.type === 'PRIVATE') throw forbidden('the API is private')
  const isCanaryRequest = chooseSide(stage, received, ports)
  const side = isCanaryRequest === true && stage.canary !== null ? stage.canary : { deployment: stage.deployment, stageVariables: stage.document.variables }
  return {
    ...received,
    account: await ports.rules.account(),
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

/** Whether the canary answers: a sticky one by what the caller shows, any other by chance; null when there is none (aws-rest 8.4). */
function chooseSide({ canary }: OpenStage, received: Received, ports: Ports): boolean | null {
  if (canary === null) return null
  const draw = toStickyDraw(canary.stickiness, { headers: received.request.headers, sourceIp: received.sourceIp }) ?? ports.chance.random()
  return drawCanary(canary.percentTraffic, draw)
}

/** An API is reached by a custom domain, by its default host, and on any other host by its id as first path segment (design section 3). */
function findAddress({ host, fullPath }: Received, ports: Ports): Awaitable<Address | null> {
  const defaultHostApi = toDefaultHostApi(host, ports.names.executeApiDomain)
  if (defaultHostApi !== null) return addressByDefaultHost(defaultHostApi, fullPath)
  return whenThere(ports.rules.domain(host), (domain) => (domain === null ? addressByPath(fullPath) : addressByDomain(domain, fullPath)))
}

function forbidden(note: string): DoorRefusal {
  return new DoorRefusal({ statusCode: 403, message: 'Forbidden', errorType: 'ForbiddenException', note })
}
