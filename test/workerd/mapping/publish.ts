import { env, exports } from 'cloudflare:workers'
import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import { deploymentKey, stageKey } from '../../../kv-schemas/keys.ts'
import { writeDeploymentText } from '../../../worker/semantics/compile/deployment-text.ts'
import { deploymentOf, stageOf, type Resources } from '../../documents.ts'

/** An API that is published, to be asked. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>

/** Publishes an API under an id of its own, because an isolate remembers rules. */
export async function publish(apiId: string, resources: Resources, { api = {}, stage = {} }: { readonly api?: Partial<DeploymentDocument>; readonly stage?: Partial<StageDocument> } = {}): Promise<Ask> {
  const deployment = deploymentOf(resources, { ...api, apiId: apiId as StageDocument['apiId'] })
  const document = stageOf({ ...stage, apiId: deployment.apiId })
  await env.RULES.put(deploymentKey(deployment.apiId, deployment.deploymentId), writeDeploymentText(deployment))
  await env.RULES.put(stageKey(document.apiId, document.stageName), JSON.stringify(document))
  return (path, init) => exports.default.fetch(new Request(`http://gateway.test/${apiId}/dev${path}`, init))
}
