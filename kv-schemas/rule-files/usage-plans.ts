import * as z from 'zod'
import { apiIdSchema, stageNameSchema } from '../ids.ts'

/** Rate in requests a second, burst in requests; Amazon lets a burst be larger than its rate (aws-rest 10.2). */
const throttleSchema = z.strictObject({ rateLimit: z.number().min(0), burstLimit: z.int().min(0) })

/** The id of a usage plan, in rule files and in KV. */
export const usagePlanIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/u, 'an id is 1 to 128 of letters, digits, _ and -')

/** One plan: which stages it opens, how fast, and how much (aws-rest 10.2). */
export const usagePlanRuleSchema = z.strictObject({
  id: usagePlanIdSchema,
  name: z.string().default(''),
  description: z.string().default(''),
  apiStages: z
    .array(
      z.strictObject({
        apiId: apiIdSchema,
        stage: stageNameSchema,
        /** By method: `/pets/{petId}/GET`. */
        throttle: z
          .record(z.string(), throttleSchema)
          .refine((methods) => Object.keys(methods).length <= 20, 'a plan throttles at most 20 methods of a stage')
          .default({}),
      }),
    )
    .default([]),
  throttle: throttleSchema.optional(),
  quota: z.strictObject({ limit: z.int().min(0), offset: z.int().min(0).default(0), period: z.enum(['DAY', 'WEEK', 'MONTH']) }).optional(),
  productCode: z.string().optional(),
})
export type UsagePlanRule = z.infer<typeof usagePlanRuleSchema>

/** `usage-plans.json`: at most 300 plans an account (aws-rest 10.2). */
export const usagePlansRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  usagePlans: z.array(usagePlanRuleSchema).max(300, 'an account has at most 300 usage plans'),
})
export type UsagePlansRule = z.infer<typeof usagePlansRuleSchema>
