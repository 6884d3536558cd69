import type { DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import type { Functions } from '../../../../worker/ports.ts'
import { openDeployment, type OpenDeployment } from '../../../../worker/semantics/compile/open-deployment.ts'
import { authorizerOf, deploymentOf, integrationOf, methodOf } from '../../../documents.ts'

/** The methods of every simulated API: open; with answers of each caller's own; shared by callers. */
export const METHODS = ['open', 'own', 'shared'] as const

const deployments = new Map<string, OpenDeployment>()

/** Both APIs have the same routes, namespaces and ids, so that only the key keeps their answers apart. */
export function deploymentFor(api: string, deploymentId: string): OpenDeployment {
  const name = `${api}/${deploymentId}`
  const known = deployments.get(name)
  if (known !== undefined) return known
  const resources = Object.fromEntries(METHODS.map((method) => [`/${method}/{id}`, { GET: methodFor(api, deploymentId, method), PUT: methodFor(api, deploymentId, method) }]))
  const document = deploymentOf(resources, { apiId: api as DeploymentDocument['apiId'], deploymentId: deploymentId as DeploymentDocument['deploymentId'], authorizers: { door: authorizerOf() } })
  const opened = openDeployment(document)
  deployments.set(name, opened)
  return opened
}

function methodFor(api: string, deploymentId: string, method: string): ReturnType<typeof methodOf> {
  const integration = integrationOf({
    uri: `http://backend.test/${api}/\${stageVariables.stage}/${deploymentId}/\${stageVariables.side}/${method}/{id}`,
    cacheNamespace: method === 'shared' ? 'shared' : 'one',
    cacheKeyParameters: ['method.request.path.id', 'method.request.querystring.q'],
    requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
  })
  return methodOf(integration, { ...(method === 'open' ? {} : { authorizationType: 'CUSTOM', authorizerId: 'door' }), requestParameters: { 'method.request.path.id': true } })
}

const GRANT = new Uint8Array(new TextEncoder().encode(JSON.stringify({ principalId: 'user', policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:*', Resource: '*' }] } })))
/** The authorizer: it calls everybody `user` and lets everybody in. */
export const functions: Functions = {
  invoke: async () => ({ kind: 'answered', statusCode: 200, payload: GRANT, functionError: null, headers: new Headers() }),
  stream: () => Promise.reject(new Error('not asked for')),
}
