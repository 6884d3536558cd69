import { isJsonArray, type Json } from './json.ts'

/** Writes a value so that equal values, in the sense of JSON Schema, give equal texts: the order of an object's keys does not count. */
export function toCanonicalText(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isJsonArray(value)) return `[${value.map(toCanonicalText).join(',')}]`
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${toCanonicalText(value[key] ?? null)}`)
  return `{${members.join(',')}}`
}
