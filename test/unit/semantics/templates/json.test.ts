import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Budget } from '../../../../worker/semantics/templates/budget.ts'
import { compileJsonPath } from '../../../../worker/semantics/templates/json-path.ts'
import { TEMPLATE_LIMITS } from '../../../../worker/semantics/templates/limits.ts'
import { parseJson } from '../../../../worker/semantics/templates/parse-json.ts'
import { parseLenientJson } from '../../../../worker/semantics/templates/parse-lenient-json.ts'
import { printJson } from '../../../../worker/semantics/templates/print-json.ts'

const OPTIONS = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300), seed: Number(process.env['FUZZ_SEED'] ?? 20_261_122) }

function budget(): Budget {
  return { limits: TEMPLATE_LIMITS, steps: 0, failure: null }
}

/** A text read and printed again; undefined when it is no JSON. */
function again(text: string): string | undefined {
  const value = parseJson(text, TEMPLATE_LIMITS.jsonDepthMax)
  return value === undefined ? undefined : printJson(value, budget())
}

describe('JSON in and out', () => {
  test('prints what the platform reads as the same value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(JSON.parse(again(text) ?? '"nothing"')).toEqual(JSON.parse(text))
      }),
      OPTIONS,
    )
  })

  test('reads what it prints, to the letter', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const once = again(text)
        expect(again(once ?? '')).toBe(once)
      }),
      OPTIONS,
    )
  })

  test('takes for JSON what the platform takes for JSON, and nothing else', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"a"', 'true', 'null', '1', '-', '0', '.5', 'e3', ' ', '\n', '\\', '\\u00e9', '\u0000', "'")
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        expect(again(text) !== undefined).toBe(isJson(text))
      }),
      { ...OPTIONS, numRuns: OPTIONS.numRuns * 10 },
    )
  })

  test('the lenient reader agrees with the strict one on JSON, and ends on anything', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseLenientJson(text, 400)).toEqual(parseJson(text, 400))
      }),
      OPTIONS,
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', "'", 'a', ' ', '1', '\\', 'é') }), (text) => {
        const value = parseLenientJson(text, 400)
        expect(value === undefined || again(printJson(value, budget())) !== undefined).toBe(true)
      }),
      OPTIONS,
    )
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('JSONPath', () => {
  const document = parseJson('{"a":{"b":[{"n":1,"s":"x"},{"n":2.5,"s":"y","t":null}],"c d":true,"e":{}},"l":[[1,2],[3]],"s":"text","n":"12"}', 400)

  function find(path: string): string {
    const compiled = compileJsonPath(path)
    if (!compiled.ok) return `refused: ${compiled.reason}`
    const found = document === undefined ? undefined : compiled.path(document, budget())
    return found === undefined ? 'nothing' : printJson(found, budget())
  }

  test.each([
    ['$', '{"a":{"b":[{"n":1,"s":"x"},{"n":2.5,"s":"y","t":null}],"c d":true,"e":{}},"l":[[1,2],[3]],"s":"text","n":"12"}'],
    ['@.s', '"text"'],
    ['a.b[0].n', '1'],
    ['$.a.b[1].t', 'null'],
    ["$['a']['c d']", 'true'],
    ['$["a"]["c d"]', 'true'],
    ["$.a['c d']", 'true'],
    ['$.a.b[2]', 'nothing'],
    ['$.a.b[-3]', 'nothing'],
    ['$.a.b.n', 'nothing'],
    ['$.s.length()', 'nothing'],
    ['$.s[0]', 'nothing'],
    ['$.a.*', '[[{"n":1,"s":"x"},{"n":2.5,"s":"y","t":null}],true,{}]'],
    ['$.l[*][*]', '[1,2,3]'],
    ['$.l[*][0]', '[1,3]'],
    ['$.l..[0]', '[[1,2],1,3]'],
    ['$..n', '["12",1,2.5]'],
    ['$..b[*].s', '["x","y"]'],
    ['$.a.b[:-1].n', '[1]'],
    ['$.a.b[1:].n', '[2.5]'],
    ['$.a.b[0:9].n', '[1,2.5]'],
    ['$.a.b[1,0].n', '[2.5,1]'],
    ["$.a['b','e']", '{"b":[{"n":1,"s":"x"},{"n":2.5,"s":"y","t":null}],"e":{}}'],
    ["$.a.b[*]['n','none']", '[{"n":1},{"n":2.5}]'],
    ['$.a.b[?(@.n == 1)].s', '["x"]'],
    ['$.a.b[?(@.n != 1)].s', '["y"]'],
    ['$.a.b[?(@.n >= 2.5)].s', '["y"]'],
    ["$.a.b[?(@.n == '1')].s", '["x"]'],
    ['$.a.b[?(@.t == null)].s', '["y"]'],
    ['$.a.b[?(@.t)].s', '["y"]'],
    ['$.a.b[?(!@.t)].s', '["x"]'],
    ["$.a.b[?(@.s == 'x' || @.s == 'y' && @.n == 1)].n", '[1]'],
    ["$.a.b[?((@.s == 'x' || @.s == 'y') && @.n == 2.5)].n", '[2.5]'],
    ["$.a.b[?(@['s'] > 'x')].n", '[2.5]'],
    ["$.a.b[?(@.s in ['y','z'])].n", '[2.5]'],
    ["$.a.b[?(@.s nin ['y','z'])].n", '[1]'],
    ['$.l[?(@ contains 3)]', '[[3]]'],
    ['$.l[?(@ size 2)]', '[[1,2]]'],
    ['$.l[?(@ subsetof [1,2,3])]', '[[1,2],[3]]'],
    ['$.l[?(@ anyof [2])]', '[[1,2]]'],
    ['$.l[?(@ noneof [2])]', '[[3]]'],
    ['$.a[?(@.b)].e', '[{}]'],
    ['$.a.b[?(@.e empty true)]', '[]'],
    ["$.a.b[?(@.s =~ /X/i)].n", '[1]'],
    ["$.a.b[?($.n == 12)].n", '[1,2.5]'],
    ['$.a.b[?(@.n == $.l[0][0])].s', '["x"]'],
    ['$.l[?(@.length() > 1)]', '[[1,2]]'],
    ['$.a.b[*].n.max()', '2.5'],
    ['$.a.b[*].n.min()', '1.0'],
    ['$.a.b[*].n.avg()', '1.75'],
    ['$.a.b[*].n.sum()', '3.5'],
    ['$.a.b[*].n.stddev()', '0.75'],
    ['$.l.size()', '2'],
    ['$.a.keys()', '["b","c d","e"]'],
    ['$.l.first()', '[1,2]'],
    ['$.l.last()', '[3]'],
    ['$.l.index(-1)', '[3]'],
    ['$.a.max()', 'nothing'],
  ])('%s', (path, found) => {
    expect(find(path)).toBe(found)
  })

  test.each(['', ' ', '$.', '$..', '$[', '$[]', '$[a]', "$['a", "$['a'", '$.a[?(@.b]', '$.a[?()]', '$.a[?(@.b ==)]', '$.a[?(1)]', '$.a[?(@.b =~ 1)]', '$.a.none()', '$.a b', '$.a[?(@.b =~ /(/)]', '$.a[1:2:3]', `$${'[?(@'.repeat(100)}`])('refused: %s', (path) => {
    expect(find(path)).toMatch(/^refused: .+ at character [0-9]+$|^refused: the path is empty$/u)
  })
})
