/** Appends the client's query to a URI that may have one of its own; both arrive (aws-rest 5.2). */
export function mergeQuery(uri: string, rawQuery: string): string {
  if (rawQuery === '') return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}${rawQuery}`
}

/** Writes parameters as a query string; a parameter with several values stands several times. */
export function toQuery(parameters: Iterable<readonly [name: string, value: string | readonly string[]]>): string {
  const pairs: string[] = []
  for (const [name, value] of parameters) {
    for (const one of typeof value === 'string' ? [value] : value) pairs.push(`${encode(name)}=${encode(one)}`)
  }
  return pairs.join('&')
}

/** Lone surrogates have no UTF-8; they become U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
