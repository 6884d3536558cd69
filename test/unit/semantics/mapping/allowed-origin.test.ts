import { describe, expect, it } from 'vitest'
import { chooseOrigin, isOriginPattern, parseOriginExpression, toOriginExpression } from '../../../../worker/semantics/mapping/allowed-origin.ts'

describe('allowed origins', () => {
  const rows: readonly (readonly [allowed: readonly string[], origin: string | null, isAllowed: boolean])[] = [
    [['https://a.test'], 'https://a.test', true],
    [['https://a.test'], 'HTTPS://A.test', true],
    [['https://a.test'], 'http://a.test', false],
    [['https://a.test'], 'https://a.test:8443', false],
    [['https://a.test'], 'https://a.test.evil.test', false],
    [['https://a.test'], 'null', false],
    [['https://a.test'], null, false],
    [['https://a.test', 'http://localhost:3000'], 'http://localhost:3000', true],
    [['https://*.a.test'], 'https://b.a.test', true],
    [['https://*.a.test'], 'https://c.b.a.test', true],
    [['https://*.a.test'], 'https://a.test', false],
    [['https://*.a.test'], 'https://.a.test', false],
    [['https://*.a.test'], 'https://evil-a.test', false],
    [['https://*.a.test'], 'https://evil.test/.a.test', false],
    [['https://*.a.test'], 'https://evil.test#.a.test', false],
    [['https://*.a.test'], 'https://evil.test@b.a.test', false],
    [['https://*.a.test'], 'http://b.a.test', false],
    [['https://*.a.test:8443'], 'https://b.a.test:8443', true],
  ]
  for (const [allowed, origin, isAllowed] of rows) {
    it(`${allowed.join()} ${isAllowed ? 'let' : 'do not let'} ${origin ?? 'no origin'} read`, () => {
      expect(chooseOrigin(allowed, origin)).toBe(isAllowed ? origin : null)
    })
  }

  it('are written and read back', () => {
    for (const origins of [['https://a.test', 'https://b.test'], ['https://*.a.test'], ['capacitor://localhost', 'https://a.test']]) {
      expect(parseOriginExpression(toOriginExpression(origins))).toEqual(origins)
    }
    expect(toOriginExpression(['https://a.test'])).toBe("'https://a.test'")
    expect(toOriginExpression(['https://a.test', '*'])).toBe("'*'")
  })

  it('are origins, not addresses', () => {
    for (const text of ['https://a.test/', 'a.test', 'https://', 'https://*', 'https://a.*.test', "https://a.test'", 'https://a.test,b', '']) expect(isOriginPattern(text)).toBe(false)
    for (const text of ['stagedoor.origin()', 'stagedoor.origin(*)', 'stagedoor.origin(https://a.test, https://b.test)', 'origin(https://a.test)']) expect(parseOriginExpression(text)).toBeNull()
  })
})
