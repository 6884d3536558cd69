import type { ApiKeyDocument, UsagePlanDocument } from '../../kv-schemas/documents/access.ts'
import type { ApiKeyChange, ApiKeyCreate, ApiKeyView } from '../../kv-schemas/control-api/api-keys.ts'
import { apiKeyKey } from '../../kv-schemas/keys.ts'
import type { Env } from '../adapters/env.ts'
import type { By } from '../objects/ledger/audit.ts'
import type { AccountDocumentEntry } from '../objects/ledger/documents.ts'
import { changeKey, groupKeys, rotateKey, toNewKey, type KeyRecord, type KeyValueRecord } from '../semantics/api-keys/key-records.ts'
import { generateApiKeyValue, hashApiKey } from '../semantics/api-keys/key-value.ts'
import { accountLedger } from './ledgers.ts'
import { ControlProblem } from './problem.ts'

/** A key, and its value when it was just made. */
export type ShownKey = ApiKeyView & { readonly value: string | null }

/** Who writes, and where. */
export interface KeyContext {
  readonly env: Env
  readonly by: By
  readonly nowMs: number
}

/** All API keys, by id. Nobody knows their values any more. */
export async function listApiKeys(env: Env): Promise<readonly ApiKeyView[]> {
  const { keys, sources } = await readKeys(env)
  return keys.map((key) => toView(key, sources.get(key.id) ?? 'api'))
}

/** Makes a key, or takes one that was made elsewhere. */
export async function createApiKey(request: ApiKeyCreate, context: KeyContext): Promise<ShownKey> {
  const { keys } = await readKeys(context.env)
  const id = request.id ?? crypto.randomUUID().replaceAll('-', '').slice(0, 10)
  if (keys.some((key) => key.id === id)) throw new ControlProblem('conflict', { detail: `API Key already exists: there is a key ${id}` })
  await checkPlans(request.usagePlanIds, context.env)
  const made = request.value === undefined && request.valueSha256 === undefined ? newValue() : null
  const valueSha256 = request.valueSha256 ?? (await hashApiKey(request.value ?? made ?? ''))
  if (keys.some((key) => key.values.some((value) => value.valueSha256 === valueSha256))) throw new ControlProblem('conflict', { detail: 'API Key already exists: another key has this value' })
  const record: KeyValueRecord = { valueSha256, document: toNewKey(request, id, context.nowMs) }
  await write([record], [], context)
  return { ...toView({ id, values: [record] }, 'api'), value: made }
}

/** Changes what is known of a key: its plans, whether it is enabled. */
export async function changeApiKey(id: string, change: ApiKeyChange, context: KeyContext): Promise<ApiKeyView> {
  const key = await requireKey(id, context.env)
  if (change.usagePlanIds !== undefined) await checkPlans(change.usagePlanIds, context.env)
  const put = changeKey(key, change)
  await write(put, [], context)
  return toView(groupKeys(put)[0] ?? key, 'api')
}

/** Gives a key a new value; the earlier one is good for the grace. */
export async function rotateApiKey(id: string, graceSeconds: number, context: KeyContext): Promise<ShownKey> {
  const key = await requireKey(id, context.env)
  const value = newValue()
  const { put, remove } = rotateKey(key, await hashApiKey(value), { nowMs: context.nowMs, graceMs: graceSeconds * 1000 })
  await write(put, remove, context)
  return { ...toView(groupKeys(put)[0] ?? key, 'api'), value }
}

/** Ends a key and all its values. */
export async function revokeApiKey(id: string, context: KeyContext): Promise<void> {
  const key = await requireKey(id, context.env)
  await write([], key.values.map(({ valueSha256 }) => valueSha256), context)
}

function newValue(): string {
  return generateApiKeyValue((length) => crypto.getRandomValues(new Uint8Array(length)))
}

async function readKeys(env: Env): Promise<{ readonly keys: readonly KeyRecord[]; readonly sources: ReadonlyMap<string, AccountDocumentEntry['source']> }> {
  const entries = await accountLedger(env).listDocuments('api-key')
  const records = entries.map(({ key, value, source }) => ({ valueSha256: key.slice(apiKeyKey('').length), document: JSON.parse(value) as ApiKeyDocument, source }))
  return { keys: groupKeys(records), sources: new Map(records.map(({ document, source }) => [document.id, source])) }
}

async function requireKey(id: string, env: Env): Promise<KeyRecord> {
  const { keys } = await readKeys(env)
  const key = keys.find((candidate) => candidate.id === id)
  if (key === undefined) throw new ControlProblem('not-found', { detail: 'Invalid API Key identifier specified', hint: 'stagedoor keys list shows the ids' })
  return key
}

/** Plans must be there, and hold a stage once between them (aws-rest 10.2). */
async function checkPlans(usagePlanIds: readonly string[], env: Env): Promise<void> {
  const entries = await accountLedger(env).listDocuments('usage-plan')
  const plans = entries.map(({ value }) => JSON.parse(value) as UsagePlanDocument)
  const held = new Map<string, string>()
  for (const id of usagePlanIds) {
    const plan = plans.find((candidate) => candidate.id === id)
    if (plan === undefined) throw new ControlProblem('not-found', { detail: `Invalid Usage Plan ID specified: there is no ${id}` })
    for (const { apiId, stage } of plan.apiStages) {
      const other = held.get(`${apiId}/${stage}`)
      if (other !== undefined) throw new ControlProblem('not-possible', { detail: `A key has at most one usage plan for a stage: ${other} and ${id} both hold ${apiId}/${stage}` })
      held.set(`${apiId}/${stage}`, id)
    }
  }
}

async function write(put: readonly KeyValueRecord[], remove: readonly string[], { env, by }: KeyContext): Promise<void> {
  const entries = put.map(({ valueSha256, document }) => ({ key: apiKeyKey(valueSha256), kind: 'api-key' as const, source: 'api' as const, value: JSON.stringify(document) }))
  await accountLedger(env).writeDocuments({ put: entries, remove: remove.map(apiKeyKey) }, by)
}

function toView({ id, values }: KeyRecord, source: ApiKeyView['source']): ApiKeyView {
  const { document } = values[0]
  return {
    id,
    name: document.name,
    description: document.description,
    customerId: document.customerId,
    enabled: document.enabled,
    usagePlanIds: document.usagePlanIds,
    createdAt: document.createdAtMs === null ? null : new Date(document.createdAtMs).toISOString(),
    source,
    values: values.map((value) => ({ valueSha256: value.valueSha256, validUntil: value.document.validUntilMs === null ? null : new Date(value.document.validUntilMs).toISOString() })),
  }
}
