import * as z from 'zod'

/** The modes of a limit. */
export const THROTTLE_MODES = ['exact', 'lease', 'local'] as const

/**
 * How a limit is held. `lease`: one token bucket for all isolates, which lends them tokens ahead. `exact`: the same bucket, asked at every request. `local`: every isolate has a
 * bucket of its own, nothing is asked.
 * docs/throttling.md says what each promises.
 */
export const throttleModeSchema = z.enum(THROTTLE_MODES)
export type ThrottleMode = z.infer<typeof throttleModeSchema>

/** `shadow`: the limit counts and logs what it would have refused, and refuses nobody. */
export const throttleEnforceSchema = z.enum(['refuse', 'shadow'])

/** Requests a second; 0 lets nobody through (aws-rest 10.1). */
export const rateLimitSchema = z.number().min(0, 'a rate is 0 or more requests a second')

/** The most that a bucket holds; a bucket of none would refuse everybody, which rateLimit 0 says more clearly. */
export const burstLimitSchema = z.int().min(1, 'a burst is 1 request or more; "rateLimit": 0 lets nobody through')

/** A limit of a usage plan or of the account: Amazon's two numbers, and how they are held. */
export const throttleSchema = z.strictObject({
  rateLimit: rateLimitSchema,
  burstLimit: burstLimitSchema,
  mode: throttleModeSchema.optional(),
  enforce: throttleEnforceSchema.optional(),
})
export type Throttle = z.infer<typeof throttleSchema>
