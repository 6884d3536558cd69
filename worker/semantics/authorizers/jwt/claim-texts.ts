import type { Claims } from './check-claims.ts'

/** Claims as `$context.authorizer.claims` and the events of functions have them: texts only (aws-rest 7.4, 11.4). */
export function toClaimTexts(claims: Claims, kind: 'cognito' | 'jwt'): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(claims)) {
    if (value === null || value === undefined || name === '__proto__') continue
    const isDate = kind === 'cognito' && (name === 'exp' || name === 'iat') && typeof value === 'number'
    texts[name] = isDate ? toJavaDate(value) : toText(value, kind)
  }
  return texts
}

function toText(value: unknown, kind: 'cognito' | 'jwt'): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return JSON.stringify(value)
  const items = value.map((item: unknown) => toText(item, kind))
  // Several entries are one text (aws-rest 7.4); HTTP APIs print them as Go prints a list.
  return kind === 'cognito' ? items.join(',') : `[${items.join(' ')}]`
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `Tue Sep 19 21:39:29 UTC 2017`: how Amazon shows the times of a user pool's token. */
function toJavaDate(seconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return String(seconds)
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${time} UTC ${date.getUTCFullYear()}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
