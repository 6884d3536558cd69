/** Takes the path parameters out of a path by the path of its resource; the stage may stand before it. None when it does not fit. */
export function takePathParameters(path: string, resourcePath: string, stage: string | null): Record<string, string> {
  const names: string[] = []
  const pattern = resourcePath
    .split('/')
    .map((part) => {
      const name = /^\{([^{}+]+)(\+?)\}$/u.exec(part)
      if (name === null) return part.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`)
      names.push(name[1] ?? '')
      return name[2] === '' ? '([^/]+)' : '(.+)'
    })
    .join('/')
  const prefix = stage === null ? '' : `(?:/${stage})?`
  const found = new RegExp(`^${prefix}${pattern}/?$`, 'u').exec(path)
  return Object.fromEntries(names.map((name, index) => [name, decode(found?.[index + 1] ?? '')]).filter(([, value]) => value !== ''))
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // A stray "%" is a value like any other.
    return value
  }
}
