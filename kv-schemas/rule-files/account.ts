import * as z from 'zod'
import { throttleSchema } from './throttle.ts'

/** Where a named function runs: a Worker next door, or a URL that speaks the Lambda Invoke API. Unnamed functions run on AWS. */
const functionTargetSchema = z.union([
  z.strictObject({ url: z.url({ protocol: /^https?$/u }) }),
  z.strictObject({ binding: z.string() }),
])

/**
 * Where a VPC link leads: a Workers VPC service or a Worker next door, by its binding; or a private URL, shown the certificate of an mTLS binding (`certificate`)
 * or headers whose values are secrets of the Worker (`secretHeaders`: header name to the secret's name).
 */
const linkTargetSchema = z.union([
  z.strictObject({
    url: z.url({ protocol: /^https?$/u }),
    certificate: z.string().optional(),
    secretHeaders: z.record(z.string().regex(/^[A-Za-z0-9-]+$/u, 'a header name is made of letters, digits and -'), z.string()).optional(),
  }),
  z.strictObject({ binding: z.string() }),
])
export type LinkTarget = z.infer<typeof linkTargetSchema>

/** The Workflow, by its binding, that runs a state machine; an `EXPRESS` one may be waited for (StartSyncExecution). */
const stateMachineSchema = z.strictObject({ workflow: z.string(), type: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD') })

/** `account.json`: who owns the APIs, and the names that their definitions use. */
export const accountRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  accountId: z.string().regex(/^[0-9]{12}$/u, 'an account id is 12 digits').default('123456789012'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/u, 'a region looks like us-east-1').default('us-east-1'),
  throttle: throttleSchema.default({ rateLimit: 10_000, burstLimit: 5_000 }),
  functions: z.record(z.string(), functionTargetSchema).default({}),
  stateMachines: z.record(z.string(), stateMachineSchema).default({}),
  links: z.record(z.string(), linkTargetSchema).default({}),
})
