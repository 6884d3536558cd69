/**
 * All values that a query string gives to one parameter, as the client spelled them; null when it gives none. Names are compared decoded, because a backend
 * reads `%61` as `a`; values are not, because decoding can make two of them equal that a backend tells apart. Some readers part pairs at `;` as well (aws-rest 1.4)
 * and some do not: where there is one, all of the text between two `&` counts as soon as the name stands anywhere in it.
 */
export function readQueryValues(rawQuery: string, name: string): readonly string[] | null {
  let values: string[] | null = null
  let start = 0
  while (start < rawQuery.length) {
    let end = rawQuery.indexOf('&', start)
    if (end === -1) end = rawQuery.length
    const value = readPair(rawQuery.slice(start, end), name)
    if (value !== null) {
      values ??= []
      values.push(value)
    }
    start = end + 1
  }
  return values
}

function readPair(pair: string, name: string): string | null {
  if (pair.includes(';')) return pair.split(';').some((part) => readPair(part, name) !== null) ? pair : null
  const equals = pair.indexOf('=')
  if (equals === -1) return pair !== '' && hasName(pair, name) ? '' : null
  return hasName(pair.slice(0, equals), name) ? pair.slice(equals + 1) : null
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
