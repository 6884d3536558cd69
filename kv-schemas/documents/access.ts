import * as z from 'zod'
import { usagePlanIdSchema, usagePlanRuleSchema } from '../rule-files/usage-plans.ts'

/** An API key as the data plane reads it, found by the SHA-256 of its value. A rotated key stands twice: the earlier value until its grace ends. */
export const apiKeySchema = z.strictObject({
  schema: z.literal(1),
  id: z.string(),
  name: z.string(),
  description: z.string(),
  customerId: z.string().nullable(),
  enabled: z.boolean(),
  /** Milliseconds since 1970 from which this value is no longer good; null when it does not end. */
  validUntilMs: z.int().nullable(),
  /** The plans of the key; at most one of them may hold a stage (aws-rest 10.2). */
  usagePlanIds: z.array(usagePlanIdSchema),
  createdAtMs: z.int().nullable(),
})
export type ApiKeyDocument = z.infer<typeof apiKeySchema>

/** A usage plan as the data plane reads it. */
export const usagePlanSchema = usagePlanRuleSchema.extend({ schema: z.literal(1) })
export type UsagePlanDocument = z.infer<typeof usagePlanSchema>

/** An access key as the data plane reads it; its secret is sealed with the key of the environment (worker/semantics/authorizers/seal-secret.ts). */
export const credentialSchema = z.strictObject({
  schema: z.literal(1),
  accessKeyId: z.string(),
  sealedSecret: z.string(),
  /** SHA-256 in hex of the session token that requests must carry; null for keys without one. */
  sessionTokenSha256: z.string().nullable(),
  expiresAtMs: z.int().nullable(),
  arn: z.string(),
  accountId: z.string(),
  userId: z.string(),
  principalOrgId: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  policies: z.array(z.json()),
  enabled: z.boolean(),
})
export type CredentialDocument = z.infer<typeof credentialSchema>
