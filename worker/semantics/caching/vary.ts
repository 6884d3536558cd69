import type { KeyParameter } from './cache-key.ts'
import { LIMITS } from './limits.ts'

/**
 * The header names that an answer varies by, lower case and sorted; null when it varies by what no key can hold (`*`, too many, or what is no name).
 * `accept-encoding` does not count: stored bodies are not encoded.
 */
export function parseVary(field: string | null): readonly string[] | null {
  if (field === null) return []
  const names = new Set(field.split(',').map((name) => name.trim().toLowerCase()))
  names.delete('')
  names.delete('accept-encoding')
  if (names.size > LIMITS.varyNamesMax || [...names].some((name) => !FIELD_NAME.test(name))) return null
  return [...names].sort()
}

/** RFC 9110 section 5.1, without the star, which stands for everything. */
const FIELD_NAME = /^[!#$%&'+\-.^_`|~0-9a-z]+$/u

/** The values that a request gives to the headers that an answer varies by, with the blanks around commas taken out (RFC 9111 section 4.1). */
export function readVariant(names: readonly string[], headers: Headers): readonly KeyParameter[] {
  return names.map((name) => {
    const value = headers.get(name)
    return { name, values: value === null ? null : [value.trim().replace(/\s*,\s*/gu, ',')] }
  })
}
