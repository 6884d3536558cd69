import * as z from 'zod'

/** What a token may do, each including the ones before it: look; push APIs, deploy, roll back; change the account, its keys, plans and domains, and delete. */
export const CONTROL_ROLES = ['read', 'deploy', 'admin'] as const
export type ControlRole = (typeof CONTROL_ROLES)[number]

/** The secret `CONTROL_TOKENS`: who may use the control API. It holds the SHA-256 of each token, never the token. */
export const controlTokensSchema = z.array(
  z.strictObject({
    /** Who it is: the author of record in history and audit log, unless the call names another. */
    name: z.string().min(1).max(128),
    /** SHA-256 of the token, 64 hexadecimal digits. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/u, 'the SHA-256 of the token in lower-case hexadecimal'),
    role: z.enum(CONTROL_ROLES),
    /** When the token ends, in RFC 3339; without it the token does not end. */
    expires: z.iso.datetime({ offset: true }).optional(),
  }),
)
export type ControlTokens = z.infer<typeof controlTokensSchema>
