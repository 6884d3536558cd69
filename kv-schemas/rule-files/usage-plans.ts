import * as z from 'zod'
import { apiIdSchema, stageNameSchema } from '../id-schemas.ts'
import { throttleEnforceSchema, throttleSchema } from './throttle.ts'

/** The id of a usage plan, in rule files and in KV. */
export const usagePlanIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/u, 'an id is 1 to 128 of letters, digits, _ and -')

/**
 * How a quota is counted. `lease`: isolates are lent requests ahead, and answer from what they hold. `exact`: every request asks the counter. A count of each isolate's own would let
 * the quota through as often as there are isolates, so there is no `local` one. docs/throttling.md says what each promises.
 */
const quotaModeSchema = z.enum(['lease', 'exact'])

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
  /** Requests a period, in UTC; `offset` are taken off in the first period only. */
  quota: z
    .strictObject({ limit: z.int().min(0), offset: z.int().min(0).default(0), period: z.enum(['DAY', 'WEEK', 'MONTH']), mode: quotaModeSchema.optional(), enforce: throttleEnforceSchema.optional() })
    .refine(({ limit, offset }) => offset <= limit, 'the offset of a quota is not larger than its limit')
    .optional(),
  productCode: z.string().optional(),
})
export type UsagePlanRule = z.infer<typeof usagePlanRuleSchema>

/** `usage-plans.json`: at most 300 plans an account (aws-rest 10.2). */
export const usagePlansRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  usagePlans: z.array(usagePlanRuleSchema).max(300, 'an account has at most 300 usage plans'),
})
export type UsagePlansRule = z.infer<typeof usagePlansRuleSchema>
