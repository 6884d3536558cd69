/** Appends the client's query to a URI that may have one of its own; both arrive (aws-rest 5.2). */
export function mergeQuery(uri: string, rawQuery: string): string {
  if (rawQuery === '') return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}${rawQuery}`
}
