import * as z from 'zod'
import { usagePlanIdSchema } from '../rule-files/usage-plans.ts'

const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/u, 'a day looks like 2026-11-22')

/** Query of `GET /usage-plans/{id}/usage`: a range of days in UTC; the last thirty unless given. */
export const usageQuerySchema = z.object({ from: daySchema.optional(), to: daySchema.optional(), key: z.string().max(128).optional() })

/**
 * The usage of one key under a plan. `leased`: lent to isolates, which did not report yet whether it was used. `remaining` of the current period is neither used nor leased; null when
 * the plan has no quota.
 */
export const keyUsageSchema = z.object({
  apiKeyId: z.string(),
  name: z.string(),
  used: z.int(),
  leased: z.int(),
  remaining: z.int().nullable(),
  days: z.array(z.object({ day: daySchema, used: z.int(), leased: z.int() })),
})
export type KeyUsage = z.infer<typeof keyUsageSchema>

/** The usage of a plan, by key and day; `used` and `leased` count the current period, or the days shown when the plan has no quota. */
export const planUsageSchema = z.object({ usagePlanId: usagePlanIdSchema, from: daySchema, to: daySchema, keys: z.array(keyUsageSchema) })
export type PlanUsage = z.infer<typeof planUsageSchema>

/** Body of a change, Amazon's UpdateUsage: so many requests more in the current period, those that are leased among them. */
export const usageChangeSchema = z.strictObject({ remaining: z.int().min(0).max(1_000_000_000) })
