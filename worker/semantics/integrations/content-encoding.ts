/** An encoding that the gateway undoes and applies (aws-rest 6.11). */
export type ContentEncoding = 'gzip' | 'deflate'

/** Its names in headers. */
const FORMATS: ReadonlyMap<string, ContentEncoding> = new Map([['gzip', 'gzip'], ['x-gzip', 'gzip'], ['deflate', 'deflate']])

/** The encodings of a body in the order in which they were applied, `identity` aside; null when there is an unknown one. */
export function parseContentEncodings(header: string | null): readonly (ContentEncoding)[] | null {
  const formats: (ContentEncoding)[] = []
  for (const part of (header ?? '').split(',')) {
    const name = part.trim().toLowerCase()
    if (name === '' || name === 'identity') continue
    const format = FORMATS.get(name)
    if (format === undefined) return null
    formats.push(format)
  }
  return formats
}

/** Chooses the encoding of an answer from what the client accepts: the one it likes best, gzip among equals; null for none (RFC 9110 section 12.5.3). */
export function chooseContentEncoding(acceptEncoding: string | null): ContentEncoding | null {
  let best: ContentEncoding | null = null
  let bestQuality = 0
  for (const part of (acceptEncoding ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
    const format = name === '*' ? 'gzip' : FORMATS.get(name)
    const quality = toQuality(parameters)
    if (format === undefined || quality <= 0 || quality < bestQuality || (quality === bestQuality && best === 'gzip')) continue
    best = format
    bestQuality = quality
  }
  return best
}

function toQuality(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = weight === undefined ? 1 : Number(weight.slice(2))
  return Number.isNaN(quality) ? 0 : quality
}
