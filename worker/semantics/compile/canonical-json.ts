/** Writes a value as JSON with the keys of every object in the order of their code units: equal values give equal texts, so that a hash of it is one of the content. */
export function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => (item === undefined ? 'null' : toCanonicalJson(item))).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value) ?? 'null'
  const members = Object.keys(value)
    .toSorted()
    .flatMap((key) => (value[key] === undefined ? [] : `${JSON.stringify(key)}:${toCanonicalJson(value[key])}`))
  return `{${members.join(',')}}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
