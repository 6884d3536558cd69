import * as z from 'zod'
import { apiKeyRuleSchema, apiKeyValueSchema, sha256Schema } from '../rule-files/api-keys.ts'
import { usagePlanIdSchema } from '../rule-files/usage-plans.ts'

const { name, description } = apiKeyRuleSchema.shape
const usagePlanIds = z.array(usagePlanIdSchema).max(10, 'a key has at most 10 usage plans')

/** Body of a new key: without a value one is made, and shown once. A key of which only the hash is known can be imported by it. */
export const apiKeyCreateSchema = z
  .strictObject({
    id: apiKeyRuleSchema.shape.id.optional(),
    name,
    description,
    customerId: z.string().optional(),
    enabled: z.boolean().default(true),
    value: apiKeyValueSchema.optional(),
    valueSha256: sha256Schema.optional(),
    usagePlanIds: usagePlanIds.default([]),
  })
  .refine((key) => key.value === undefined || key.valueSha256 === undefined, 'give value or valueSha256, not both')
export type ApiKeyCreate = z.infer<typeof apiKeyCreateSchema>

/** Body of a change: what is not there stays as it is. */
export const apiKeyChangeSchema = z.strictObject({
  name: name.unwrap().optional(),
  description: z.string().optional(),
  customerId: z.string().nullable().optional(),
  enabled: z.boolean().optional(),
  usagePlanIds: usagePlanIds.optional(),
})
export type ApiKeyChange = z.infer<typeof apiKeyChangeSchema>

/** Body of a rotation: how long the earlier value stays good. */
export const apiKeyRotateSchema = z.strictObject({ graceSeconds: z.int().min(0).max(30 * 86_400).default(86_400) })

/** A key as the control API shows it. Its value is not known to anybody any more. */
export const apiKeyViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  customerId: z.string().nullable(),
  enabled: z.boolean(),
  usagePlanIds: z.array(z.string()),
  createdAt: z.string().nullable(),
  /** `rules`: from api-keys.json, which a push puts back; `api`: made by the control API. */
  source: z.enum(['rules', 'api']),
  /** What its values hash to; the one that ends is good until then. */
  values: z.array(z.object({ valueSha256: z.string(), validUntil: z.string().nullable() })),
})
export type ApiKeyView = z.infer<typeof apiKeyViewSchema>

/** A key whose value is shown this once; null when it was imported and is known to the caller already. */
export const apiKeyShownSchema = apiKeyViewSchema.extend({ value: z.string().nullable() })
