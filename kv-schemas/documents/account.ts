import * as z from 'zod'
import { accountRuleSchema } from '../rule-files/account.ts'
import { domainsRuleSchema } from '../rule-files/domains.ts'

/** The account as the data plane reads it. */
export const accountSchema = accountRuleSchema.omit({ $schema: true }).extend({ schema: z.literal(1) })
export type AccountDocument = z.infer<typeof accountSchema>

/** A custom domain as the data plane reads it; a wildcard stands under its own name, `*.example.com`. */
export const domainSchema = domainsRuleSchema.shape.domains.element.extend({ schema: z.literal(1) })
export type DomainDocument = z.infer<typeof domainSchema>
