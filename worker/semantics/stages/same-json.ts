/** Whether two JSON values are equal; the order of an object's members does not count. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, index) => isSameJson(item, other[index]))
  }
  const names = definedNames(one)
  return names.length === definedNames(other).length && names.every((name) => Object.hasOwn(other, name) && isSameJson(memberOf(one, name), memberOf(other, name)))
}

/** A member that is undefined is not there in JSON. */
function definedNames(value: object): readonly string[] {
  return Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [name]))
}

function memberOf(value: object, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name]
}
