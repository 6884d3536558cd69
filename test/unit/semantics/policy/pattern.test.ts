import { expect, test } from 'vitest'
import { compilePattern, matchesPattern } from '../../../../worker/semantics/policy/pattern.ts'

/** Every word of an alphabet up to a length. */
function wordsOf(letters: string, lengthMax: number): readonly string[] {
  const words = ['']
  for (let from = 0; from < words.length; from += 1) {
    const word = words[from] ?? ''
    if (word.length < lengthMax) words.push(...letters.split('').map((letter) => word + letter))
  }
  return words
}

test('a pattern matches what the regular expression of the same meaning matches', () => {
  const texts = wordsOf('ab', 5)
  let matches = 0
  for (const text of wordsOf('ab*?', 4)) {
    const pattern = compilePattern(text, { wildcards: true, ignoreCase: false })
    const expression = new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u')
    for (const probe of texts) {
      const isMatch = matchesPattern(pattern, probe, () => undefined)
      matches += isMatch ? 1 : 0
      if (isMatch !== expression.test(probe)) throw new Error(`${text} and ${probe}: ${isMatch}`)
    }
  }
  expect(matches).toBeGreaterThan(1_000)
})

test('many stars end soon', () => {
  const pattern = compilePattern(`${'*a'.repeat(2_000)}*b`, { wildcards: true, ignoreCase: false })
  expect(matchesPattern(pattern, 'a'.repeat(10_000), () => undefined)).toBe(false)
})
