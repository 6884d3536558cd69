import { CONTROL_ROLES, controlTokensSchema, type ControlRole, type ControlTokens } from '../../kv-schemas/control-tokens.ts'
import { equalInConstantTime } from '../semantics/authorizers/equal-in-constant-time.ts'

/** Who calls the control API: the name and the role of the token. */
export interface Actor {
  readonly name: string
  readonly role: ControlRole
}

/** What came of looking at a token. `misconfigured` blames the secret, not the caller. */
export type Authentication =
  | { readonly kind: 'known'; readonly actor: Actor }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired'; readonly name: string }
  | { readonly kind: 'misconfigured'; readonly note: string }

/** Finds whose token this is. Every entry is compared, each in constant time, so that the time of the answer tells nothing. */
export async function findActor(token: string, secret: string | undefined, nowMs: number): Promise<Authentication> {
  const tokens = parseTokens(secret)
  if (typeof tokens === 'string') return { kind: 'misconfigured', note: tokens }
  const sha256 = await sha256Hex(token)
  let found: ControlTokens[number] | null = null
  for (const entry of tokens) if (equalInConstantTime(sha256, entry.sha256)) found = entry
  if (found === null) return { kind: 'unknown' }
  if (found.expires !== undefined && Date.parse(found.expires) <= nowMs) return { kind: 'expired', name: found.name }
  return { kind: 'known', actor: { name: found.name, role: found.role } }
}

/** Whether a role includes another. */
export function includesRole(role: ControlRole, wanted: ControlRole): boolean {
  return CONTROL_ROLES.indexOf(role) >= CONTROL_ROLES.indexOf(wanted)
}

/** Takes the token out of an `Authorization: Bearer ...` header; null when there is none. */
export function readBearer(authorization: string | null | undefined): string | null {
  return /^Bearer +([\x21-\x7e]{1,512})$/iu.exec(authorization ?? '')?.[1] ?? null
}

function parseTokens(secret: string | undefined): ControlTokens | string {
  if (secret === undefined || secret.trim() === '') return 'the secret CONTROL_TOKENS is not set'
  try {
    const parsed = controlTokensSchema.safeParse(JSON.parse(secret))
    return parsed.success ? parsed.data : 'the secret CONTROL_TOKENS does not have the form that docs/deploy.md describes'
  } catch {
    // The parser's own message could quote the secret.
    return 'the secret CONTROL_TOKENS is not JSON'
  }
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
