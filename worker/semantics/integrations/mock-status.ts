/**
 * Reads the `statusCode` out of what a mock's request template wrote: an integer in an object. Null when there is none (aws-rest 6.7).
 * The reader is as lenient as Amazon's: names and texts need no quotes or may have single ones, and commas may stand at the end.
 */
export function parseMockStatus(text: string): number | null {
  const reader: Reader = { text, at: 0, depth: 0 }
  const value = readObject(reader)
  skipBlanks(reader)
  if (value === null || reader.at < text.length) return null
  const status = value.get('statusCode')
  return status !== undefined && /^-?[0-9]{1,9}$/u.test(status) ? Number(status) : null
}

/** Members of the outer object: the text of a value without quotes, an empty text for every other one. */
type Members = Map<string, string>

interface Reader {
  readonly text: string
  at: number
  depth: number
}

/** Objects and lists inside one another; a template for a mock has two or three. */
const DEPTH_MAX = 100

function readObject(reader: Reader): Members | null {
  if (!take(reader, '{')) return null
  const members: Members = new Map()
  while (!take(reader, '}')) {
    if (take(reader, ',')) continue
    const name = readQuoted(reader) ?? readBare(reader, NAME)
    if (name === '' || !take(reader, ':')) return null
    const value = readValue(reader)
    if (value === null) return null
    members.set(name, value)
    if (!take(reader, ',') && peek(reader) !== '}') return null
  }
  return members
}

function readValue(reader: Reader): string | null {
  const next = peek(reader)
  if (next !== '{' && next !== '[') return readQuoted(reader) === null ? readBare(reader, BARE).trimEnd() : ''
  reader.depth += 1
  if (reader.depth > DEPTH_MAX) return null
  const isWhole = next === '{' ? readObject(reader) !== null : readList(reader)
  reader.depth -= 1
  return isWhole ? '' : null
}

function readList(reader: Reader): boolean {
  if (!take(reader, '[')) return false
  while (!take(reader, ']')) {
    if (take(reader, ',')) continue
    if (readValue(reader) === null || (!take(reader, ',') && peek(reader) !== ']')) return false
  }
  return true
}

/** A text in quotes of either kind; null when none stands here, or when it does not end. */
function readQuoted(reader: Reader): string | null {
  skipBlanks(reader)
  QUOTED.lastIndex = reader.at
  const found = QUOTED.exec(reader.text)
  if (found === null) return null
  reader.at += found[0].length
  return found[0].slice(1, -1)
}

function readBare(reader: Reader, pattern: RegExp): string {
  skipBlanks(reader)
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)?.[0] ?? ''
  reader.at += found.length
  return found
}

const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/suy
const NAME = /[^\s:,{}[\]"']+/uy
const BARE = /[^,{}[\]]+/uy
const BLANKS = /\s*/uy

function take(reader: Reader, character: string): boolean {
  if (peek(reader) !== character) return false
  reader.at += 1
  return true
}

function peek(reader: Reader): string {
  skipBlanks(reader)
  return reader.text.charAt(reader.at)
}

function skipBlanks(reader: Reader): void {
  BLANKS.lastIndex = reader.at
  reader.at += BLANKS.exec(reader.text)?.[0].length ?? 0
}
