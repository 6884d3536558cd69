import type { ApiKeyDocument } from '../../../kv-schemas/documents/access.ts'
import type { ApiKeyChange, ApiKeyCreate } from '../../../kv-schemas/control-api/api-keys.ts'
import { DOCUMENT_SCHEMA } from '../../../kv-schemas/keys.ts'

/** One value of a key: what it hashes to, and its document. */
export interface KeyValueRecord {
  readonly valueSha256: string
  readonly document: ApiKeyDocument
}

/** A key with all its values, the present one first. */
export interface KeyRecord {
  readonly id: string
  readonly values: readonly [KeyValueRecord, ...KeyValueRecord[]]
}

/** Puts the documents of keys together by id: a rotated key stands under each of its values. */
export function groupKeys(records: readonly KeyValueRecord[]): readonly KeyRecord[] {
  const groups = new Map<string, KeyValueRecord[]>()
  for (const record of records) groups.set(record.document.id, [...(groups.get(record.document.id) ?? []), record])
  return Array.from(groups).flatMap(([id, values]) => {
    const [first, ...others] = values.toSorted((a, b) => endOf(b) - endOf(a))
    return first === undefined ? [] : [{ id, values: [first, ...others] as const }]
  })
}

function endOf({ document }: KeyValueRecord): number {
  return document.validUntilMs ?? Number.POSITIVE_INFINITY
}

/** The document of a new key. */
export function toNewKey(request: ApiKeyCreate, id: string, nowMs: number): ApiKeyDocument {
  return {
    schema: DOCUMENT_SCHEMA,
    id,
    name: request.name,
    description: request.description,
    customerId: request.customerId ?? null,
    enabled: request.enabled,
    validUntilMs: null,
    usagePlanIds: request.usagePlanIds,
    createdAtMs: nowMs,
  }
}

/** All values of a key after a change: an earlier value is disabled and enabled with the present one. */
export function changeKey(key: KeyRecord, change: ApiKeyChange): readonly KeyValueRecord[] {
  return key.values.map(({ valueSha256, document }) => ({
    valueSha256,
    document: {
      ...document,
      name: change.name ?? document.name,
      description: change.description ?? document.description,
      customerId: change.customerId === undefined ? document.customerId : change.customerId,
      enabled: change.enabled ?? document.enabled,
      usagePlanIds: change.usagePlanIds ?? document.usagePlanIds,
    },
  }))
}

/** What a rotation does to the values of a key. */
export interface Rotation {
  readonly put: readonly KeyValueRecord[]
  /** Hashes of values that are no longer good: those of rotations before. */
  readonly remove: readonly string[]
}

/** Gives a key a new value. The present one stays good for the grace, if there is one; values of earlier rotations end now. */
export function rotateKey(key: KeyRecord, valueSha256: string, { nowMs, graceMs }: { readonly nowMs: number; readonly graceMs: number }): Rotation {
  const [present, ...earlier] = key.values
  const next = { valueSha256, document: { ...present.document, validUntilMs: null } }
  const gone = earlier.map((value) => value.valueSha256)
  if (graceMs === 0) return { put: [next], remove: [present.valueSha256, ...gone] }
  return { put: [next, { valueSha256: present.valueSha256, document: { ...present.document, validUntilMs: nowMs + graceMs } }], remove: gone }
}
