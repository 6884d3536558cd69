import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import { toReadyAuthorizer, type ReadyAuthorizer } from '../authorizers/ready-authorizer.ts'
import { openGatewayResponses, type GatewayResponses } from '../gateway-responses/ready-gateway-response.ts'
import type { Policy } from '../policy/compile-policy.ts'
import { toReadyPolicy } from '../policy/ready-policy.ts'
import type { RouteTree } from '../routing/route-tree.ts'
import { splitDeployment, type DeploymentHead, type SplitDeployment } from './deployment-text.ts'
import { toReadyMethod, type ReadyMethod } from './ready-method.ts'

/** A deployment as an isolate holds it. */
export interface OpenDeployment {
  readonly document: DeploymentHead
  /** The resource tree; its leaves are for `method`. */
  readonly routes: RouteTree<number>
  /** The API's own forms of refusals. */
  readonly gatewayResponses: GatewayResponses
  /** The API's resource policy; null when it has none. */
  readonly policy: Policy | null
  /** The method at a leaf of the tree, prepared at the first call. */
  readonly method: (leaf: number) => ReadyMethod
  /** The authorizers that methods name, prepared; null for a name that is none. */
  authorizer(name: string): ReadyAuthorizer | null
}

/** Opens a whole deployment. */
export function openDeployment(document: DeploymentDocument): OpenDeployment {
  return openSplitDeployment(splitDeployment(document))
}

/** Opens a deployment and leaves each method to its first use, so that a thousand of them cost an isolate's first request little. */
export function openSplitDeployment({ head, routes, method }: SplitDeployment): OpenDeployment {
  const ready: ReadyMethod[] = []
  const authorizers = new Map(Object.entries(head.authorizers).map(([name, authorizer]) => [name, once(() => toReadyAuthorizer(authorizer))]))
  return {
    document: head,
    routes,
    gatewayResponses: openGatewayResponses(head.gatewayResponses),
    policy: head.policy === null ? null : toReadyPolicy(head.policy),
    method: (leaf) => (ready[leaf] ??= toReadyMethod(method(leaf), head.models)),
    authorizer: (name) => authorizers.get(name)?.() ?? null,
  }
}

function once<Made>(make: () => Made): () => Made {
  let made: Made | null = null
  return () => (made ??= make())
}
