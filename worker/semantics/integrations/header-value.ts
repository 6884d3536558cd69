/** A header name as RFC 9110 has it. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u
/** What no header value may hold: it would end the line, or the text. */
const CONTROL = /[\p{Cc}--[\t]]/gv
const BEYOND_ASCII = /\P{ASCII}+/gv

/** Whether a name can stand in a header section. */
export function isHeaderName(name: string): boolean {
  return NAME.test(name)
}

/**
 * Makes any text a header value: control characters, line ends among them, become blanks, so that no client writes headers of its own into a message; what is not
 * ASCII is percent-encoded as UTF-8.
 * Differs from Amazon: its treatment of such values is not documented.
 */
export function toHeaderValue(text: string): string {
  return text.replace(CONTROL, ' ').replace(BEYOND_ASCII, encodeLeniently).trim()
}

function encodeLeniently(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
