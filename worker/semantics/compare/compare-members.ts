import { isSameJson } from '../stages/same-json.ts'
import type { MemberChange } from './change.ts'

type Members = Readonly<Record<string, unknown>>

/** Lists the members in which two JSON objects differ, each by its path; arrays and the members named in `whole` are compared as one value. */
export function compareMembers(before: Members, after: Members, whole: ReadonlySet<string> = new Set()): readonly MemberChange[] {
  return compareBelow(before, after, '', whole)
}

function compareBelow(before: Members, after: Members, path: string, whole: ReadonlySet<string>): MemberChange[] {
  const changes: MemberChange[] = []
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const member = `${path}${name}`
    const [one, other] = [read(before, name), read(after, name)]
    if (isSameJson(one, other)) continue
    if (!whole.has(member) && isMembers(one) && isMembers(other)) changes.push(...compareBelow(one, other, `${member}.`, whole))
    else changes.push({ member, before: one, after: other })
  }
  return changes
}

/** An absent member and null are told apart by a reviewer only as "none". */
function read(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? (members[name] ?? undefined) : undefined
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
