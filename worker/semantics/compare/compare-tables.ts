import { toMemberChange, toWholeChange, type Change, type MemberChange } from './change.ts'
import { compareMembers } from './compare-members.ts'

/** How the entries of one table are told to a reviewer. */
export interface TableWords {
  /** Stands before the name of an entry: `authorizer`. */
  readonly noun: string
  readonly removed?: string
  readonly whole?: ReadonlySet<string>
  readonly warn?: (change: MemberChange) => string | null
}

type Table = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>

/** Compares two tables entry by entry, by name. */
export function compareTables(before: Table, after: Table, { noun, removed, whole, warn }: TableWords): readonly Change[] {
  const changes: Change[] = []
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const subject = noun === '' ? name : `${noun} ${name}`
    const [one, other] = [entryOf(before, name), entryOf(after, name)]
    if (one === undefined) changes.push(toWholeChange('added', subject))
    else if (other === undefined) changes.push(toWholeChange('removed', subject, removed ?? null))
    else for (const change of compareMembers(one, other, whole)) changes.push(toMemberChange(subject, change, warn?.(change) ?? null))
  }
  return changes
}

/** An entry may be called `__proto__`. */
function entryOf(table: Table, name: string): Table[string] {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
