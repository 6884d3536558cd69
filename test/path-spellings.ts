/**
 * Other ways to write a path of two or more letters, such as `/secret` or `/secret/1`: what a client may try to reach a resource past its guard. Some mean the same path and must
 * meet its guard, some mean another one and must not reach it.
 */
export function spellingsOf(path: string): readonly string[] {
  const [first = '', ...rest] = path.slice(1).split('/')
  const tail = rest.length === 0 ? '' : `/${rest.join('/')}`
  const [letter = '', ...letters] = first
  const others = letters.join('')
  const hex = letter.charCodeAt(0).toString(16)
  return [
    path, `${path}/`, `${path}//`, `/${path}`, `//${path}`, `/.${path}`, `/./.${path}`, `/x/..${path}`, `/open/..${path}`, `/open/x/../..${path}`, `/../..${path}`, `${path}/.`, `${path}/x/..`, `${path}/./`, `${path}/..${path}`,
    // Escapes of letters that need none, once, twice and three times; in both cases.
    `/%${hex}${others}${tail}`, `/%${hex.toUpperCase()}${others}${tail}`, `/%25${hex}${others}${tail}`, `/%2525${hex}${others}${tail}`, `/%u00${hex}${others}${tail}`, `/${first.split('').map((one) => `%${one.charCodeAt(0).toString(16)}`).join('')}${tail}`,
    // Dots and slashes in escapes.
    `/%2e${path}`, `/%2E%2e${path}`, `/.%2e${path}`, `/open/%2e%2e${path}`, `/open/%2e%2e%2f${first}${tail}`, `/open/..%2f${first}${tail}`, `/open/..%5c${first}${tail}`, `/open/%252e%252e%252f${first}${tail}`, `/open%2f..${path}`, `/open%2f%2e%2e%2f${first}${tail}`,
    `/%2f${first}${tail}`, `/%2F${first}${tail}`, `/%5c${first}${tail}`, `/\\${first}${tail}`, `/open\\..${path}`, `/open/..\\${first}${tail}`, `/${first}%2f${tail.slice(1)}`, `/${first}%252f${tail.slice(1)}`, `${path}%2f`, `${path}%2f.`, `${path}%2f..${path}`,
    // Parameters of segments, queries and fragments, whole and in escapes.
    `${path};`, `${path};x=1`, `${path};/`, `/;${path}`, `/open;/..${path}`, `/open/..;${path}`, `/..;${path}`, `${path}?`, `${path}?x`, `${path}?/../open`, `${path}#`, `${path}#/open`, `${path}%3f`, `${path}%3Fx=1`, `${path}%23`, `${path}%3b`, `/open?${path}`, `/open#${path}`,
    // Bytes that end a string somewhere, blanks, and marks of other writings.
    `${path}%00`, `${path}%00.open`, `${path}%0a`, `${path}%0d%0a`, `${path}%09`, `${path}%20`, `${path}%a0`, `/%20${first}${tail}`, `/%00${first}${tail}`, `${path}.`, `${path}..`, `${path}%2e`, `${path}.json`, `${path}~`, `${path}*`, `${path}%2a`,
    // Overlong and broken UTF-8, and letters that look like others.
    `/%c1%${(letter.charCodeAt(0) | 0x80).toString(16)}${others}${tail}`, `/open/%c0%ae%c0%ae%c0%af${first}${tail}`, `/open/..%c0%af${first}${tail}`, `/open/..%ef%bc%8f${first}${tail}`, `/%ef%bc%b3${others}${tail}`, `/${first}%e2%80%8b${tail}`, `/${first}%cc%81${tail}`, `/%ff${first}${tail}`, `/ſ${others}${tail}`,
    // Other letters.
    path.toUpperCase(), `/${letter.toUpperCase()}${others}${tail}`, `/%${letter.toUpperCase().charCodeAt(0).toString(16)}${others}${tail}`,
    // Halves of escapes, and whole addresses.
    `${path}%`, `${path}%2`, `/%${first}${tail}`, `/%2${first}${tail}`, `/http://gateway.test${path}`, `/@gateway.test${path}`, `/gateway.test:80${path}`,
    // The names that templates and prototypes have.
    `/{any+}${path}`, `/%7Bany+%7D${path}`, `/__proto__${path}`, `/constructor${path}`, `/__proto__/..${path}`,
  ]
}
