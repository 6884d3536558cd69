/** One key of an import file. */
export interface ImportedKey {
  readonly name: string
  readonly value?: string
  readonly valueSha256?: string
  readonly description: string
  readonly enabled: boolean
  readonly usagePlanIds: readonly string[]
}

/** The keys of a file, or what is wrong in which line. */
export type KeyFile = { readonly kind: 'keys'; readonly keys: readonly ImportedKey[] } | { readonly kind: 'invalid'; readonly line: number; readonly message: string }

const COLUMNS = new Set(['name', 'key', 'sha256', 'description', 'enabled', 'usageplanids'])

/** Reads the CSV file that Amazon imports API keys from: a header line, then a key a line; texts with commas stand in quotes. */
export function parseKeyFile(text: string): KeyFile {
  const [header, ...lines] = text.split(/\r?\n/u)
  const columns = splitLine(header ?? '').map((name) => name.trim().toLowerCase())
  const unknown = columns.find((name) => !COLUMNS.has(name))
  if (unknown !== undefined) return { kind: 'invalid', line: 1, message: `there is no column ${JSON.stringify(unknown)}: name, key or sha256, description, enabled, usageplanIds` }
  if (!columns.includes('key') && !columns.includes('sha256')) return { kind: 'invalid', line: 1, message: 'the file has no column "key" or "sha256"' }
  const keys: ImportedKey[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const cells = splitLine(line)
    if (cells.length > columns.length) return { kind: 'invalid', line: index + 2, message: 'the line has more cells than the header' }
    keys.push(toKey(new Map(columns.map((name, at) => [name, (cells[at] ?? '').trim()]))))
  }
  return { kind: 'keys', keys }
}

function toKey(cells: ReadonlyMap<string, string>): ImportedKey {
  const cell = (name: string): string => cells.get(name) ?? ''
  return {
    name: cell('name'),
    ...(cell('key') === '' ? { valueSha256: cell('sha256') } : { value: cell('key') }),
    description: cell('description'),
    enabled: cell('enabled').toLowerCase() !== 'false',
    usagePlanIds: cell('usageplanids').split(',').map((id) => id.trim()).filter((id) => id !== ''),
  }
}

/** The cells of a line: in quotes a comma is a comma, and two quotes are one. */
function splitLine(line: string): readonly string[] {
  const cells: string[] = ['']
  let isQuoted = false
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index)
    const last = cells.length - 1
    if (character === '"' && isQuoted && line.charAt(index + 1) === '"') {
      cells[last] += '"'
      index += 1
    } else if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && !isQuoted) cells.push('')
    else cells[last] += character
  }
  return cells
}
