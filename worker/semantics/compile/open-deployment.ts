import { HTTP_METHODS, type DeploymentDocument, type ResourceDocument } from '../../../kv-schemas/documents/deployment.ts'
import { openGatewayResponses, type GatewayResponses } from '../gateway-responses/ready-gateway-response.ts'
import { buildRouteTree, type MethodTable, type RouteTree } from '../routing/route-tree.ts'
import { toReadyMethod, type ReadyMethod } from './ready-method.ts'

/** Gives a method in its prepared form; prepares it at the first call. */
export type MethodHandle = () => ReadyMethod

/** A deployment as an isolate holds it: its document, and its resource tree. */
export interface OpenDeployment {
  readonly document: DeploymentDocument
  readonly routes: RouteTree<MethodHandle>
  /** The API's own forms of refusals. */
  readonly gatewayResponses: GatewayResponses
}

/** Opens a deployment: builds the tree, leaves each method to its first use, so that a thousand routes cost an isolate's first request little. */
export function openDeployment(document: DeploymentDocument): OpenDeployment {
  const routes = buildRouteTree(document.resources.map((resource) => ({ path: resource.path, methods: toHandles(resource, document.models) })))
  return { document, routes, gatewayResponses: openGatewayResponses(document.gatewayResponses) }
}

function toHandles(resource: ResourceDocument, models: DeploymentDocument['models']): MethodTable<MethodHandle> {
  const handles: Partial<Record<string, MethodHandle>> = {}
  for (const httpMethod of HTTP_METHODS) {
    const method = resource.methods[httpMethod]
    if (method !== undefined) handles[httpMethod] = once(() => toReadyMethod(method, { resource, httpMethod, models }))
  }
  return handles
}

function once(make: () => ReadyMethod): MethodHandle {
  let made: ReadyMethod | null = null
  return () => (made ??= make())
}
