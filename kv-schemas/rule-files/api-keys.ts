import * as z from 'zod'
import { usagePlanIdSchema } from './usage-plans.ts'

/** The value of a key: 20 to 128 characters of a header, none of them a blank (aws-rest 10.3, with Amazon's words). */
export const apiKeyValueSchema = z
  .string()
  .min(20, 'too short: API Key value should be at least 20 characters')
  .max(128, 'too long: API Key value exceeds maximum size of 128 characters')
  .regex(/^[!-~]*$/u, 'an API key is made of visible ASCII characters')

/** SHA-256 in lower-case hex. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/u, 'a SHA-256 is 64 lower-case hexadecimal digits')

/** One key (aws-rest 10.3). Its value comes from the environment (`${env.NAME}`) and is stored as its SHA-256 alone; or only that hash is known here. */
export const apiKeyRuleSchema = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/u, 'an id is 1 to 128 of letters, digits, _ and -'),
    name: z.string().max(1024, 'Invalid API Key name, can be at most 1024 characters.').default(''),
    description: z.string().default(''),
    customerId: z.string().optional(),
    enabled: z.boolean().default(true),
    value: apiKeyValueSchema.optional(),
    valueSha256: sha256Schema.optional(),
    /** The value before the last rotation, and until when it is good. */
    previous: z.strictObject({ valueSha256: sha256Schema, validUntil: z.iso.datetime({ offset: true }) }).optional(),
    usagePlanIds: z.array(usagePlanIdSchema).max(10, 'a key has at most 10 usage plans').default([]),
  })
  .refine((key) => (key.value === undefined) !== (key.valueSha256 === undefined), 'a key has either a value or a valueSha256')
export type ApiKeyRule = z.infer<typeof apiKeyRuleSchema>

/** `api-keys.json`: at most 10,000 keys an account (aws-rest 17). */
export const apiKeysRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  apiKeys: z.array(apiKeyRuleSchema).max(10_000, 'an account has at most 10,000 API keys'),
})
export type ApiKeysRule = z.infer<typeof apiKeysRuleSchema>
