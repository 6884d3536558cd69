/** What most values are made of. */
const PLAIN = /^[A-Za-z0-9\-._~]*$/u
/** What can't stand in the path of a URI as it is. */
const UNSAFE = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+/gu
/** A percent sign that begins no escape. */
const STRAY_PERCENT = /%(?![0-9A-Fa-f]{2})/gu

/**
 * Makes a mapped value fit for the path of a URI. A value that is encoded already (the client's path, a literal, an override) keeps its escapes; any other gets every
 * character but the slash encoded that means something in a URI.
 */
export function toPathValue(value: string, isEncoded: boolean): string {
  if (PLAIN.test(value)) return value
  if (!isEncoded) return encodeURIComponent(value.toWellFormed()).replaceAll('%2F', '/')
  return value.toWellFormed().replace(UNSAFE, encodeURIComponent).replace(STRAY_PERCENT, '%25')
}

const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/iu

/** Whether a value would lead out of its place in the path: `..` and the like are resolved before a request is sent. */
export function hasDotSegment(value: string): boolean {
  return DOT_SEGMENT.test(value)
}
