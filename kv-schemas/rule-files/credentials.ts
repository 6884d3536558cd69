import * as z from 'zod'

/** Tags of a principal, as policies see them under `aws:PrincipalTag/...`. */
const tagsSchema = z.record(z.string(), z.string())

/**
 * One access key and the IAM principal that it belongs to. The secret comes from the environment (`${env.NAME}`) and is stored encrypted. A key with a `sessionToken`
 * is a temporary one, as STS gives them: its requests must carry the token.
 */
export const credentialRuleSchema = z.strictObject({
  accessKeyId: z.string().regex(/^[A-Za-z0-9]{3,128}$/u, 'an access key id is 3 to 128 letters and digits'),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).max(4096).optional(),
  /** When the key ends, for keys that do. */
  expiration: z.iso.datetime({ offset: true }).optional(),
  /** The principal, as policies name it; a user of the account that is called like the access key when absent. */
  arn: z
    .string()
    .regex(/^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root|(user|role|assumed-role|federated-user)\/\S+)$/u, 'an ARN of a user, role or session looks like arn:aws:iam::123456789012:user/alice')
    .optional(),
  /** Amazon's unique id of the principal (`AIDA...`); the access key id when absent. */
  userId: z.string().optional(),
  principalOrgId: z.string().optional(),
  tags: tagsSchema.default({}),
  /** What the principal may do: IAM policy documents. */
  policies: z.array(z.json()).default([]),
  enabled: z.boolean().default(true),
})
export type CredentialRule = z.infer<typeof credentialRuleSchema>

/** `credentials.json`: the IAM principals that may sign requests. */
export const credentialsRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  credentials: z.array(credentialRuleSchema).max(5_000, 'an account has at most 5,000 credentials'),
})
export type CredentialsRule = z.infer<typeof credentialsRuleSchema>
