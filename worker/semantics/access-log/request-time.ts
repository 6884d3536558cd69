const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** A time as `$context.requestTime` shows it, `12/Jun/2023:18:05:10 +0000` (aws-rest 7.4); always in UTC. */
export function toRequestTime(atMs: number): string {
  const at = new Date(atMs)
  const day = `${twoDigits(at.getUTCDate())}/${MONTHS[at.getUTCMonth()] ?? ''}/${at.getUTCFullYear()}`
  return `${day}:${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())}:${twoDigits(at.getUTCSeconds())} +0000`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
