/**
 * All values that a query string gives to one parameter, as the client spelled them; null when it gives none. Names are compared decoded, because a backend
 * reads `%61` as `a`; values are not, because decoding can make two of them equal that a backend tells apart.
 */
export function readQueryValues(rawQuery: string, name: string): readonly string[] | null {
  let values: string[] | null = null
  let start = 0
  while (start < rawQuery.length) {
    let end = rawQuery.indexOf('&', start)
    if (end === -1) end = rawQuery.length
    const equals = rawQuery.indexOf('=', start)
    const nameEnd = equals === -1 || equals > end ? end : equals
    if (nameEnd > start && hasName(rawQuery.slice(start, nameEnd), name)) {
      values ??= []
      values.push(nameEnd === end ? '' : rawQuery.slice(nameEnd + 1, end))
    }
    start = end + 1
  }
  return values
}

function hasName(raw: string, name: string): boolean {
  if (raw === name) return true
  if (!raw.includes('%') && !raw.includes('+')) return false
  try {
    return decodeURIComponent(raw.replaceAll('+', ' ')) === name
  } catch {
    // An escape that is no UTF-8 spells no declared name.
    return false
  }
}
