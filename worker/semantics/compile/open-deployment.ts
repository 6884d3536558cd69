import type { DeploymentDocument, ResourceDocument } from '../../../kv-schemas/documents/deployment.ts'
import { HTTP_METHODS } from '../../../kv-schemas/http-methods.ts'
import { toReadyAuthorizer, type ReadyAuthorizer } from '../authorizers/ready-authorizer.ts'
import { openGatewayResponses, type GatewayResponses } from '../gateway-responses/ready-gateway-response.ts'
import type { Policy } from '../policy/compile-policy.ts'
import { toReadyPolicy } from '../policy/ready-policy.ts'
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
  /** The API's resource policy; null when it has none. */
  readonly policy: Policy | null
  /** The authorizers that methods name, prepared; null for a name that is none. */
  authorizer(name: string): ReadyAuthorizer | null
}

/** Opens a deployment: builds the tree, leaves each method to its first use, so that a thousand routes cost an isolate's first request little. */
export function openDeployment(document: DeploymentDocument): OpenDeployment {
  const routes = buildRouteTree(document.resources.map((resource) => ({ path: resource.path, methods: toHandles(resource, document.models) })))
  const authorizers = new Map(Object.entries(document.authorizers).map(([name, authorizer]) => [name, once(() => toReadyAuthorizer(authorizer))]))
  return {
    document,
    routes,
    gatewayResponses: openGatewayResponses(document.gatewayResponses),
    policy: document.policy === null ? null : toReadyPolicy(document.policy),
    authorizer: (name) => authorizers.get(name)?.() ?? null,
  }
}

function toHandles(resource: ResourceDocument, models: DeploymentDocument['models']): MethodTable<MethodHandle> {
  const handles: Partial<Record<string, MethodHandle>> = {}
  // To ask a thousand resources for the methods that they do not have takes an isolate longer than all else of opening.
  for (const name in resource.methods) handles[name] = once(() => prepareMethod(name, resource, models))
  return handles
}

function prepareMethod(name: string, resource: ResourceDocument, models: DeploymentDocument['models']): ReadyMethod {
  const httpMethod = HTTP_METHODS.find((known) => known === name)
  const method = httpMethod === undefined ? undefined : resource.methods[httpMethod]
  if (httpMethod === undefined || method === undefined) throw new Error(`${resource.path} has no method ${name}`)
  return toReadyMethod(method, { resource, httpMethod, models })
}

function once<Made>(make: () => Made): () => Made {
  let made: Made | null = null
  return () => (made ??= make())
}
