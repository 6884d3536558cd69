import type { MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { toBareMediaType } from '../integrations/binary-media-types.ts'

/**
 * The name of the model for a request: by its media type without parameters, JSON when it has none; else that of `$default`; null when the body is not validated
 * (aws-rest 4.3).
 */
export function chooseModel(requestModels: MethodDocument['requestModels'], contentType: string | null): string | null {
  const mediaType = toBareMediaType(contentType) ?? 'application/json'
  for (const [key, name] of Object.entries(requestModels)) if (key.toLowerCase() === mediaType) return name
  return Object.hasOwn(requestModels, '$default') ? (requestModels['$default'] ?? null) : null
}
