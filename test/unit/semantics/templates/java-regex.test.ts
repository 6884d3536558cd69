import { describe, expect, test } from 'vitest'
import { translateJavaRegex } from '../../../../worker/semantics/templates/java-regex.ts'

function matches(pattern: string, text: string): boolean | string {
  const translated = translateJavaRegex(pattern)
  return translated.ok ? new RegExp(`^(?:${translated.source})(?![^])`, translated.flags).test(text) : translated.reason
}

describe('Java patterns on the engine of JavaScript', () => {
  const rows: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
    ['a.c', ['abc', 'a😀c'], ['a\nc', 'ac']],
    ['(?s)a.c', ['a\nc'], ['ac']],
    ['(?i)abc', ['ABC', 'aBc'], ['abd']],
    ['(?is)a.C', ['A\nc'], []],
    [String.raw`\d+\.\d{2}`, ['12.34'], ['12.3', '12x34']],
    [String.raw`\w+\s\w+`, ['a b', 'a\tb'], ['a\u00a0b']],
    [String.raw`[\w.-]+@[\w.-]+`, ['a.b-c@d.e'], ['a b@c']],
    [String.raw`\Qa.b*\E+`, ['a.b*', 'a.b**'], ['axb']],
    [String.raw`\Qa-b`, ['a-b'], []],
    [String.raw`\p{Alpha}+\p{Punct}`, ['ab!', 'ab]', 'ab`'], ['a1!']],
    [String.raw`[\p{Lower}\p{Digit}]+`, ['a1'], ['A']],
    [String.raw`\P{Digit}`, ['a'], ['1']],
    [String.raw`\p{L}+`, ['né'], ['1']],
    [String.raw`\pL`, ['é'], ['1']],
    [String.raw`\p{IsAlphabetic}+`, ['né'], ['1']],
    [String.raw`\h\v\R`, [' \n\r\n'], ['ab']],
    [String.raw`\Aab\z`, ['ab'], []],
    ['ab$', ['ab'], ['abc']],
    [String.raw`a{2}b{1,}c{0,2}`, ['aab', 'aabbcc'], ['abc']],
    ['a{b}', ['a{b}'], ['ab']],
    ['a]b', ['a]b'], []],
    ['[]a]', [']', 'a'], ['b']],
    ['[^]a]', ['b'], [']']],
    [String.raw`[a\-z]`, ['-', 'a'], ['b']],
    [String.raw`[\s\S]*`, ['a\nb'], []],
    [String.raw`(\w)\1`, ['aa'], ['ab']],
    [String.raw`(?<first>\w)\k<first>`, ['aa'], ['ab']],
    ['(?=a)a(?!b)(?:c)?(?<=c)', ['ac'], ['ab']],
    [String.raw`\x41\u0042\t\e\a\07\cA`, ['AB\t\u001b\u0007\u0007\u0001'], []],
    [String.raw`\'\"\/\-\_\ `, [`'"/-_ `], []],
    ['4\\d{2}', ['404'], ['500', '4042']],
    ['.*four hundred.*', ['a four hundred b'], ['four\nhundred']],
    ['', [''], ['a']],
  ]

  test.each(rows)('%s', (pattern, yes, no) => {
    expect(yes.map((text) => matches(pattern, text))).toEqual(yes.map(() => true))
    expect(no.map((text) => matches(pattern, text))).toEqual(no.map(() => false))
  })

  const refused: readonly (readonly [pattern: string, reason: RegExp])[] = [
    ['a++', /possessive/],
    ['a*+', /possessive/],
    ['a{2}+', /possessive/],
    ['(?>a)', /atomic/],
    ['a(?i)b', /start of the pattern/],
    ['(?x)a', /flag/],
    ['[a[bc]]', /class inside a class/],
    ['[a-z&&[^b]]', /intersections/],
    [String.raw`\Ga`, /\\G/],
    [String.raw`\X`, /\\X/],
    [String.raw`\p{javaLowerCase}`, /javaLowerCase/],
    [String.raw`\p{InGreek}`, /InGreek/],
    [String.raw`\p{Nonsense}`, /property/i],
    [String.raw`[\H]`, /\\H/],
    ['(a', /group/i],
    ['a)', /unmatched/i],
    ['[a', /class/i],
    ['*a', /repeat/i],
    ['a{2,1}', /range|order/i],
    ['a\\', /backslash/],
  ]

  test.each(refused)('refused: %s', (pattern, reason) => {
    const translated = translateJavaRegex(pattern)
    expect(translated.ok ? 'accepted' : translated.reason).toMatch(reason)
  })
})
