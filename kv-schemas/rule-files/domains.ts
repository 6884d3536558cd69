import * as z from 'zod'
import { apiIdSchema, stageNameSchema } from '../id-schemas.ts'

/** One base path of a custom domain; an empty `basePath` catches what no other mapping takes (aws-rest 14). */
const basePathMappingSchema = z.strictObject({
  basePath: z
    .string()
    .max(300)
    .regex(/^([A-Za-z0-9$\-_.+!*'()]+(\/[A-Za-z0-9$\-_.+!*'()]+)*)?$/u, 'a base path is one or more segments without a slash at its ends')
    .default(''),
  restApiId: apiIdSchema,
  stage: stageNameSchema,
})

/** `domains.json`: the custom domains of the account. */
export const domainsRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  domains: z.array(
    z.strictObject({
      domainName: z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/u, 'a domain name is lower case; only its first label may be *'),
      basePathMappings: z.array(basePathMappingSchema).default([]),
    }),
  ),
})
export type DomainsRule = z.infer<typeof domainsRuleSchema>
