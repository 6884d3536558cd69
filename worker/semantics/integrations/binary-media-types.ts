/**
 * Whether a media type is one of the API's binary ones: `type/subtype` or `type/*`, parameters aside; an entry of two stars takes everything,
 * one that has a star only before the slash takes nothing (aws-rest 6.2). An `Accept` of `image/*` matches only an entry spelled the same.
 */
export function isBinaryMediaType(mediaType: string | null, binaryMediaTypes: readonly string[]): boolean {
  if (binaryMediaTypes.length === 0) return false
  if (binaryMediaTypes.includes('*/*')) return true
  const bare = toBareMediaType(mediaType)
  if (bare === null) return false
  const family = `${bare.slice(0, bare.indexOf('/'))}/*`
  return binaryMediaTypes.some((entry) => {
    const lower = entry.toLowerCase()
    return lower === bare || (lower === family && !bare.startsWith('*/'))
  })
}

/** The first entry of an `Accept` header; null when there is none. It alone says what a client takes (aws-rest 6.2). */
export function firstAccepted(accept: string | null): string | null {
  return accept === null ? null : toBareMediaType(accept.split(',', 1)[0] ?? null)
}

/** `type/subtype` in lower case, without parameters; null for what is no media type. */
export function toBareMediaType(mediaType: string | null): string | null {
  const bare = (mediaType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return bare.includes('/') ? bare : null
}
