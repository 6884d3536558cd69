import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** One golden file: what goes in, what must come out. */
export interface GoldenCase {
  readonly name: string
  readonly input: string
  readonly expected: string
}

const LINE = '-----\n'

/** Reads the `.case` files of a folder below `test/fixtures`: input, a line of five dashes, expected output. */
export function readGoldenCases(folder: string): GoldenCase[] {
  const url = new URL(`./fixtures/${folder}/`, import.meta.url)
  const files = readdirSync(url).filter((file) => file.endsWith('.case'))
  return files.toSorted().map((file) => {
    const text = readFileSync(new URL(file, url), 'utf8')
    const at = text.indexOf(`\n${LINE}`)
    return at === -1 ? { name: file, input: text, expected: '' } : { name: file, input: text.slice(0, at + 1), expected: text.slice(at + 1 + LINE.length) }
  })
}

/** With UPDATE_GOLDEN=1, writes what came out as what must come out from now on, to be read before it is committed. */
export function updateGoldenCase(folder: string, golden: GoldenCase, actual: string): void {
  if (process.env['UPDATE_GOLDEN'] !== '1') return
  writeFileSync(new URL(`./fixtures/${folder}/${golden.name}`, import.meta.url), `${golden.input}${LINE}${actual}`)
}
