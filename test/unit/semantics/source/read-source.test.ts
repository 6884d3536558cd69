import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SOURCE_LIMITS } from '../../../../worker/semantics/source/limits.ts'
import { readSource } from '../../../../worker/semantics/source/read-source.ts'
import { createReport } from '../../../../worker/semantics/source/report.ts'
import { toValue } from '../../../../worker/semantics/source/source-node.ts'

const FUZZ_RUNS = Number(process.env['FUZZ_RUNS'] ?? 200)

function read(file: string, text: string, limits = SOURCE_LIMITS as Readonly<Record<keyof typeof SOURCE_LIMITS, number>>) {
  const source = { file, text }
  const report = createReport(source)
  const node = readSource(source, report, limits)
  return { value: node === null ? undefined : toValue(node), problems: report.problems.map(({ line, column, message }) => `${line}:${column} ${message}`) }
}

describe('a sound text becomes the value that it says', () => {
  const rows = [
    { name: 'JSON', file: 'a.json', text: '{"a": [1, -2.5e3, "x\\u00e9\\n", true, false, null], "b": {}}', value: { a: [1, -2500, 'xé\n', true, false, null], b: {} } },
    { name: 'JSON behind a byte order mark', file: 'a.json', text: '\uFEFF{"a": 1}', value: { a: 1 } },
    { name: 'JSON in a YAML file', file: 'a.yaml', text: '{"a": "b: c"}', value: { a: 'b: c' } },
    { name: 'a flow mapping in a YAML file', file: 'a.yaml', text: '{"a": b, c: [d]}', value: { a: 'b', c: ['d'] } },
    { name: 'YAML', file: 'a.yaml', text: 'a:\n  - 1\n  - "2"\n  - yes\n  - true\n  - ~\n', value: { a: [1, '2', 'yes', true, null] } },
    { name: 'YAML keys that are numbers', file: 'a.yaml', text: '200: ok\n4.0: x\n', value: { '200': 'ok', '4.0': 'x' } },
    { name: 'YAML dates stay texts', file: 'a.yaml', text: 'version: 2017-03-24', value: { version: '2017-03-24' } },
    { name: 'YAML aliases', file: 'a.yaml', text: 'a: &x { k: v }\nb: *x\n', value: { a: { k: 'v' }, b: { k: 'v' } } },
    { name: 'YAML merge keys, own keys first', file: 'a.yaml', text: 'd: &d { a: 1, b: 2 }\ne:\n  <<: *d\n  b: 3\n', value: { d: { a: 1, b: 2 }, e: { b: 3, a: 1 } } },
    { name: 'YAML anchors named twice mean the last one', file: 'a.yaml', text: 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', value: { a: 1, b: 1, c: 2, d: 2 } },
  ]
  for (const row of rows) test(`reads: ${row.name}`, () => expect(read(row.file, row.text)).toEqual({ value: row.value, problems: [] }))

  test('a key called __proto__ is a key', () => {
    const { value } = read('a.json', '{"__proto__": {"polluted": true}}')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('an unsound text says where and why', () => {
  const rows = [
    { name: 'empty JSON', file: 'a.json', text: ' \n', problems: ['1:1 the file is empty'] },
    { name: 'empty YAML', file: 'a.yaml', text: '# nothing\n', problems: ['1:1 the file is empty'] },
    { name: 'JSON cut off in an array', file: 'a.json', text: '{"a": {\n"b": [1,2', problems: ['2:10 the text ends inside the array that begins in line 2: is the file whole?'] },
    { name: 'JSON cut off in an object', file: 'a.json', text: '{"a": {\n"b": 1\n', problems: ['3:1 the text ends inside the object that begins in line 1: is the file whole?'] },
    { name: 'JSON cut off in a string', file: 'a.json', text: '{"a": "bcd', problems: ['1:7 the text ends inside the string that begins here'] },
    { name: 'JSON cut off after a colon', file: 'a.json', text: '{"a":', problems: ['1:6 the text ends where a value should be: is the file whole?'] },
    { name: 'a comma too many in an object', file: 'a.json', text: '{"a": 1,\n}', problems: ['2:1 a comma with nothing after it'] },
    { name: 'a comma too many in an array', file: 'a.json', text: '[1,]', problems: ['1:4 a comma with nothing after it'] },
    { name: 'a comma missing', file: 'a.json', text: '{"a": 1\n "b": 2}', problems: ['2:2 expected a comma or }, found "\\""'] },
    { name: 'a comment', file: 'a.json', text: '{ // why\n}', problems: ['1:3 JSON has no comments'] },
    { name: 'single quotes', file: 'a.json', text: "{'a': 1}", problems: ['1:2 expected a key in double quotes, found "\'"'] },
    { name: 'a bare word', file: 'a.json', text: '{"a": yes}', problems: ['1:7 "yes" is no JSON value: texts stand in double quotes'] },
    { name: 'a number with leading zeros', file: 'a.json', text: '{"a": 012}', problems: ['1:7 "012" is no JSON value: texts stand in double quotes'] },
    { name: 'an unknown escape', file: 'a.json', text: '{"a": "\\x"}', problems: ['1:7 the string has an escape that JSON does not know'] },
    { name: 'a line break in a string', file: 'a.json', text: '{"a": "b\nc"}', problems: ['1:9 a line break inside a string: write it as an escape, or close the string with "'] },
    { name: 'two values', file: 'a.json', text: '{} {}', problems: ['1:4 unexpected "{" after the end of the value'] },
    { name: 'an unknown tag', file: 'a.yaml', text: 'a: !Sub "${x}"\n', problems: ["1:4 the tag !Sub can't be resolved here: CloudFormation resolves it when it deploys; write the value itself"] },
    { name: 'an alias without an anchor', file: 'a.yaml', text: 'a: *nobody\n', problems: ['1:4 there is no anchor &nobody'] },
    { name: 'an alias inside its own anchor', file: 'a.yaml', text: 'a: &a\n  b: *a\n', problems: ['2:6 the alias *a stands inside its own anchor'] },
    { name: 'several YAML documents', file: 'a.yaml', text: 'a: 1\n---\nb: 2\n', problems: ['2:1 the file holds several YAML documents; only one can be read'] },
  ]
  for (const row of rows) test(`reads: ${row.name}`, () => expect(read(row.file, row.text)).toEqual({ value: undefined, problems: row.problems }))

  test('doubled keys are all reported, and the first value stays', () => {
    expect(read('a.json', '{"a": 1, "b": {"c": 1, "c": 2},\n"a": 2}')).toEqual({
      value: { a: 1, b: { c: 1 } },
      problems: ['1:24 the key "c" occurs twice in one object', '2:1 the key "a" occurs twice in one object'],
    })
    expect(read('a.yaml', 'a: 1\nb:\n  c: 1\n  c: 2\n').problems).toEqual(['4:3 the key "c" occurs twice in one mapping'])
  })

  test('a text beyond the limit is not read at all', () => {
    expect(read('a.json', '{"a": 1}', { ...SOURCE_LIMITS, charactersMax: 7 }).problems).toEqual(['1:1 the file has 8 characters; at most 7 are read'])
  })

  test('a text that is nested without end is refused', () => {
    for (const file of ['a.json', 'a.yaml']) {
      for (const bracket of ['[', '{"a":', '{a: ']) expect(read(file, bracket.repeat(20_000)).value, `${file} ${bracket}`).toBeUndefined()
    }
    expect(read('a.json', `${'['.repeat(300)}${']'.repeat(300)}`).problems).toEqual(['1:258 nested deeper than 256 levels'])
  })

  test('a problem behind a million lines has its place', () => {
    expect(read('a.yaml', `${'# nothing\n'.repeat(1_000_000)}a: [`).problems[0]).toMatch(/^1000001:/u)
  })

  test('a small text that aliases blow up is refused', () => {
    const lines = Array.from('bcdefghij', (name, index) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefghij'[index]}`).join(', ')}]`)
    const { value, problems } = read('a.yaml', ['a: &a [x, x, x, x, x, x, x, x, x, x]', ...lines].join('\n'))
    expect(value).toBeUndefined()
    expect(problems.join('\n')).toMatch(/grows to more than 4000000 values/u)
  })
})

describe('any text', () => {
  const pieces = fc.oneof(fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '\n', '  ', '- ', '&a ', '*a', '<<: ', '!x ', '|', '>', '#', '---\n', 'true', 'null', '1e9', '\uFEFF'), fc.string({ unit: 'binary', maxLength: 4 }))
  const texts = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''))

  for (const file of ['a.json', 'a.yaml']) {
    test(`${file}: ends with a value or a problem, never throws, and points into the text`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          const source = { file, text }
          const report = createReport(source)
          const node = readSource(source, report)
          expect(node !== null || report.problems.length > 0).toBe(true)
          const lines = text.split('\n').length
          for (const problem of report.problems) expect(problem.line).toBeLessThanOrEqual(lines)
        }),
        { numRuns: FUZZ_RUNS },
      )
    })
  }

  test('what JSON.stringify writes is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(read('a.json', text)).toEqual({ value: JSON.parse(text), problems: [] })
      }),
      { numRuns: FUZZ_RUNS },
    )
  })
})
