import type { Awaitable } from '../awaitable.ts'
import type { Ports } from '../ports.ts'
import { findApiKeyFault, holdsStage, type ApiKeyFault } from '../semantics/api-keys/check-api-key.ts'
import { hashApiKey, mayBeApiKey } from '../semantics/api-keys/key-value.ts'
import type { Authorized, Keyed, UsedApiKey } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 6. The API key, where the method requires one: from the header or from the authorizer, good now, and of a plan that opens this stage (aws-rest 10.3). */
export function checkApiKey(authorized: Authorized, ports: Ports): Awaitable<Keyed> {
  return authorized.method.document.apiKeyRequired ? findApiKey(authorized, ports).then((apiKey) => ({ ...authorized, apiKey })) : { ...authorized, apiKey: null }
}

async function findApiKey(authorized: Authorized, ports: Ports): Promise<UsedApiKey> {
  const value = readValue(authorized)
  if (value === null || value === '') throw invalid('missing')
  if (!mayBeApiKey(value)) throw invalid('unknown')
  const { apiKeyDigests } = ports.access
  const known = apiKeyDigests.get(value)
  const digest = known ?? (await hashApiKey(value))
  const key = await ports.access.apiKey(digest)
  const fault = findApiKeyFault(key, ports.clock.nowMs())
  if (key === null || fault !== null) throw invalid(fault ?? 'unknown')
  // Only good keys are remembered: guesses would drive them out.
  if (known === null) apiKeyDigests.put(value, digest)
  const { apiId } = authorized.deployment.document
  for (const usagePlanId of key.usagePlanIds) {
    const plan = await ports.access.usagePlan(usagePlanId)
    if (plan !== null && holdsStage(plan, apiId, authorized.stage.document.stageName)) {
      return { value, apiKeyId: key.id, usagePlanId, customerId: key.customerId }
    }
  }
  throw invalid('no-plan')
}

function readValue({ deployment, request, caller }: Authorized): string | null {
  if (deployment.document.apiKeySource === 'HEADER') return request.headers.get('x-api-key')
  return caller?.kind === 'function' ? caller.grant.usageIdentifierKey : null
}

function invalid(fault: ApiKeyFault): GatewayRefusal {
  return new GatewayRefusal('INVALID_API_KEY', { note: `the API key is no good here: ${fault}` })
}
