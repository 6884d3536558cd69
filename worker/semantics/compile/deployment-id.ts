import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import { deploymentIdSchema } from '../../../kv-schemas/id-schemas.ts'
import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import { toCanonicalJson } from './canonical-json.ts'

/** The id of a deployment: the first 20 hexadecimal digits of the SHA-256 of its content. The same definition has the same id wherever it is compiled. */
export async function toDeploymentId(content: Omit<DeploymentDocument, 'deploymentId'>): Promise<DeploymentId> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(toCanonicalJson(content)))
  const hexadecimal = Array.from(new Uint8Array(digest, 0, 10), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return deploymentIdSchema.parse(hexadecimal)
}
