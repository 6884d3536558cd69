/** `20250101T000000Z`: the basic format of ISO 8601 that Signature Version 4 uses. */
const BASIC_FORMAT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/

/** The milliseconds since 1970 that an `X-Amz-Date` names, or `undefined` when it names no instant. */
export function parseAmzDate(text: string): number | undefined {
  const parts = BASIC_FORMAT.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second] = parts.map(Number)
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second))
  // 30 February becomes a day of March, and a year below 100 one of the last century: what does not print back is no date.
  const isSame = date.getUTCFullYear() === year && date.getUTCMonth() + 1 === month && date.getUTCDate() === day && date.getUTCHours() === hour && date.getUTCMinutes() === minute && date.getUTCSeconds() === second
  return isSame ? date.getTime() : undefined
}

/** Milliseconds since 1970 as an `X-Amz-Date`. */
export function toAmzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** A `Date` header of HTTP (RFC 9110) or of ISO 8601 as an `X-Amz-Date`, or `undefined`. */
export function parseHttpDate(text: string): string | undefined {
  if (parseAmzDate(text) !== undefined) return text
  const timeMs = Date.parse(text)
  const isYearOfFourDigits = timeMs >= 0 && timeMs < 253_402_300_800_000
  return isYearOfFourDigits ? toAmzDate(timeMs) : undefined
}
