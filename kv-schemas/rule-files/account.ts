import * as z from 'zod'

/** Where a named function runs: a Worker next door, or a URL that speaks the Lambda Invoke API. Unnamed functions run on AWS. */
const functionTargetSchema = z.union([
  z.strictObject({ url: z.url({ protocol: /^https?$/u }) }),
  z.strictObject({ binding: z.string() }),
])

/** Where a VPC link leads. */
const linkTargetSchema = z.union([
  z.strictObject({ url: z.url({ protocol: /^https?$/u }) }),
  z.strictObject({ binding: z.string() }),
])

/** `account.json`: who owns the APIs, and the names that their definitions use. */
export const accountRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  accountId: z.string().regex(/^[0-9]{12}$/u, 'an account id is 12 digits').default('123456789012'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/u, 'a region looks like us-east-1').default('us-east-1'),
  throttle: z
    .strictObject({ rateLimit: z.number().positive(), burstLimit: z.int().positive() })
    .default({ rateLimit: 10_000, burstLimit: 5_000 }),
  functions: z.record(z.string(), functionTargetSchema).default({}),
  stateMachines: z.record(z.string(), z.strictObject({ workflow: z.string() })).default({}),
  links: z.record(z.string(), linkTargetSchema).default({}),
})
export type AccountRule = z.infer<typeof accountRuleSchema>
