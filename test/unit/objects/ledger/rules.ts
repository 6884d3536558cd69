import type { DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../../../../kv-schemas/id-schemas.ts'
import type { DeploymentId } from '../../../../kv-schemas/ids.ts'
import { stageRuleSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import type { By } from '../../../../worker/objects/ledger/audit.ts'
import type { ApiPush } from '../../../../worker/objects/ledger/push-api.ts'
import { deploymentOf, integrationOf, methodOf } from '../../../documents.ts'

/** The API that these tests push. */
export const SHOP = apiIdSchema.parse('shop')
/** Its stage. */
export const DEV = stageNameSchema.parse('dev')
/** Who pushes. */
export const ANN: By = { actor: 'ci', author: 'ann', message: 'because', sourceCommit: 'abc123' }

/** The id of version n: its number, padded. */
export const idOf = (version: number): DeploymentId => deploymentIdSchema.parse(version.toString(16).padStart(20, '0'))

/** Version n of the API: one route that leads to a backend of this number. */
function versionOf(version: number): DeploymentDocument {
  const resources = { '/pets': { GET: methodOf(integrationOf({ uri: `http://backend-${version}.test/pets` })) } }
  return deploymentOf(resources, { apiId: SHOP, deploymentId: idOf(version) })
}

/** A push of version n. */
export function pushOf(version: number, parts: Partial<ApiPush> & { readonly stageRule?: object } = {}): ApiPush {
  const { stageRule = {}, ...rest } = parts
  return {
    pushId: `push-${version}`,
    apiId: SHOP,
    by: ANN,
    files: [{ path: 'apis/shop/api.json', text: `{"version": ${version}}` }],
    deploymentId: idOf(version),
    deployment: JSON.stringify(versionOf(version)),
    stages: [{ stageName: DEV, rule: stageRuleSchema.parse(stageRule) }],
    deployTo: [],
    ifDraftRevision: null,
    ...rest,
  }
}
