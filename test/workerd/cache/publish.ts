import { env, exports } from 'cloudflare:workers'
import type { IntegrationDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import { deploymentKey, stageKey } from '../../../kv-schemas/keys.ts'
import { methodSettingSchema, type MethodSetting } from '../../../kv-schemas/rule-files/stage.ts'
import { writeDeploymentText } from '../../../worker/semantics/compile/deployment-text.ts'
import { deploymentOf, integrationOf, methodOf, stageOf } from '../../documents.ts'

/** What an API of a test is like. */
export interface CachedRules {
  readonly settings?: Partial<MethodSetting>
  readonly stage?: Partial<StageDocument>
  readonly integration?: Partial<IntegrationDocument>
  readonly method?: Partial<MethodDocument>
}

/** Publishes an API whose `GET /pets` is cached; each test takes an id of its own, because an isolate remembers rules. */
export async function publishCached(apiId: string, { settings, stage, integration, method }: CachedRules = {}): Promise<void> {
  const deployment = deploymentOf({ '/pets': { GET: methodOf(integrationOf({ uri: `http://${apiId}.backend.test/`, ...integration }), method) } }, { apiId: apiId as StageDocument['apiId'] })
  const document = stageOf({
    apiId: deployment.apiId,
    cacheClusterEnabled: true,
    methodSettings: { '*/*': methodSettingSchema.parse({ cachingEnabled: true, ...settings }) },
    ...stage,
  })
  await env.RULES.put(deploymentKey(deployment.apiId, deployment.deploymentId), writeDeploymentText(deployment))
  await env.RULES.put(stageKey(document.apiId, document.stageName), JSON.stringify(document))
}

/** Asks the published API. */
export function ask(apiId: string, path = '/pets', init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(`http://gateway.test/${apiId}/dev${path}`, init))
}
