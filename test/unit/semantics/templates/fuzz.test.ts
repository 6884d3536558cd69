import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../../../../worker/semantics/templates/compile-template.ts'
import { TEMPLATE_LIMITS } from '../../../../worker/semantics/templates/limits.ts'
import { renderTemplate } from '../../../../worker/semantics/templates/render-template.ts'
import { changes, mutate, template } from './generate-template.ts'
import { toScope } from './scope.ts'

// FUZZ_RUNS=100000 is the size of a full search; FUZZ_SEED repeats one.
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122)
const OPTIONS = { numRuns: RUNS, seed: SEED }
const TIMEOUT_MS = 60_000 + RUNS * 20

const LIMITS = { ...TEMPLATE_LIMITS, stepsMax: 20_000, textCharsMax: 100_000 }
const SCOPE = toScope({
  body: '{"a":[1,{"b":null}],"key":"v","__proto__":{"x":1},"n":1.5,"s":"it\'s"}',
  params: { path: { a: '1' }, header: { __proto__: null, Accept: '*/*' }, querystring: { x: '$y #if' } },
  context: { stage: 'dev', identity: { sourceIp: '1.2.3.4' }, requestTimeEpoch: 1 },
  stageVariables: { a: 'b' },
})

const PROTOTYPES = [Object.prototype, Array.prototype, Map.prototype, Set.prototype, String.prototype, Function.prototype, RegExp.prototype]

/** Everything that could be changed on the prototypes that values of a template share. */
function prototypes(): string {
  return PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).map((key) => `${String(key)}:${typeof Reflect.getOwnPropertyDescriptor(prototype, key)?.value}`).join()).join('\n')
}

/** Compiles and renders; what is returned says what went wrong with us, not with the template. */
function troubleWith(source: string): string | null {
  const compiled = compileTemplate(source, LIMITS)
  if (!compiled.ok) {
    const [first] = compiled.problems
    return first === undefined || first.message.startsWith('Cannot be parsed') || first.line < 1 || first.column < 1 ? JSON.stringify(compiled.problems) : null
  }
  const rendered = renderTemplate(compiled.template, SCOPE, LIMITS)
  if (rendered.ok) return rendered.text.length <= LIMITS.textCharsMax ? null : 'the output is too long'
  return rendered.reason.startsWith('Cannot be rendered') ? rendered.reason : null
}

function isHarmless(source: string): void {
  expect(troubleWith(source)).toBe(null)
}

describe('any template ends, and throws nothing', () => {
  const before = prototypes()

  test('generated', { timeout: TIMEOUT_MS }, () => {
    fc.assert(fc.property(template, isHarmless), OPTIONS)
    expect(prototypes()).toBe(before)
  })

  test('real ones, mutated', { timeout: TIMEOUT_MS }, () => {
    const folder = new URL('../../../fixtures/templates/', import.meta.url)
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8').split('\n----------\n')[0] ?? '')
    const mutated = fc.tuple(fc.constantFrom(...sources), changes).map(([source, change]) => mutate(source, change))
    fc.assert(fc.property(mutated, isHarmless), OPTIONS)
    expect(prototypes()).toBe(before)
  })

  test('any text at all', { timeout: TIMEOUT_MS }, () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), isHarmless), OPTIONS)
  })

  test('text without dollars, hashes and backslashes is printed as it is', { timeout: TIMEOUT_MS }, () => {
    const plain = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll(/[$#\\]/g, '-'))
    fc.assert(
      fc.property(plain, (source) => {
        const compiled = compileTemplate(source)
        expect(compiled.ok && renderTemplate(compiled.template, SCOPE)).toMatchObject({ text: source })
      }),
      OPTIONS,
    )
  })
})
