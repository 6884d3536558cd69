/** One difference between what runs and what would run, in words for a reviewer. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed'
  /** What differs: `GET /pets`, `authorizer cognito`, `stage dev`. */
  readonly subject: string
  /** Which member of it, as a path (`integration.uri`); null when the whole came or went. */
  readonly member: string | null
  /** The values as JSON, cut where they are long; null where there is none. */
  readonly before: string | null
  readonly after: string | null
  /** Why to look twice; null where the change needs no second look. */
  readonly warning: string | null
}

/** A member that differs, before it gets its words. */
export interface MemberChange {
  readonly member: string
  readonly before: unknown
  readonly after: unknown
}

/** How much of a value a change shows: the change is for reading, the documents have the whole. */
const LIMITS = { shownCharactersMax: 200 } as const

/** Makes the change of a whole: a method that came, an authorizer that went. */
export function toWholeChange(kind: 'added' | 'removed', subject: string, warning: string | null = null): Change {
  return { kind, subject, member: null, before: null, after: null, warning }
}

/** Makes the change of a member. */
export function toMemberChange(subject: string, { member, before, after }: MemberChange, warning: string | null): Change {
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return { kind, subject, member, before: show(before), after: show(after), warning }
}

function show(value: unknown): string | null {
  if (value === undefined) return null
  const text = JSON.stringify(value)
  return text.length <= LIMITS.shownCharactersMax ? text : `${text.slice(0, LIMITS.shownCharactersMax)}…`
}
