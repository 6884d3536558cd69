import { describe, expect, it } from 'vitest'
import { deriveStageKey, parseKeyRing } from '../../../../worker/semantics/caching/key-ring.ts'
import { readKeyId, seal, unseal } from '../../../../worker/semantics/caching/sealing.ts'

const SECRET = btoa('s'.repeat(32))
const OTHER = btoa('o'.repeat(40))

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

const RINGS: readonly (readonly [string, readonly string[] | string])[] = [
  [SECRET, ['default']],
  [`k1:${SECRET}`, ['k1']],
  [`k2:${SECRET}, k1:${OTHER}`, ['k2', 'k1']],
  ['', 'the key default is shorter than 32 bytes'],
  [btoa('s'.repeat(31)), 'the key default is shorter than 32 bytes'],
  ['k1:not base64!', 'the key k1 is not base64'],
  [`k1:${SECRET},k1:${OTHER}`, 'two keys have the id k1'],
  [`k 1:${SECRET}`, 'an id is 1 to 32 letters, digits, _ and -'],
  [Array.from({ length: 9 }, (_, index) => `k${index}:${SECRET}`).join(), 'it has more than 8 keys'],
]

describe('CACHE_ENCRYPTION_KEY', () => {
  for (const [text, expected] of RINGS) {
    it(`${text.slice(0, 60)} is ${JSON.stringify(expected)}`, () => {
      const parsed = parseKeyRing(text)
      expect(parsed.kind === 'ring' ? parsed.ring.map((key) => key.id) : parsed.reason).toEqual(typeof expected === 'string' ? `CACHE_ENCRYPTION_KEY: ${expected}` : expected)
    })
  }
})

describe('a sealed entry', () => {
  const stage = { apiId: 'shop', stageName: 'prod' }
  const plain = new TextEncoder().encode('the answer')
  const sealed = async (): Promise<Uint8Array<ArrayBuffer>> =>
    seal(plain, { keyId: 'k1', key: await deriveStageKey(bytes(SECRET), stage), iv: new Uint8Array(12), keyDigest: 'digest' })

  it('opens with its key, and hides its text', async () => {
    const box = await sealed()
    expect(readKeyId(box)).toBe('k1')
    expect(new TextDecoder().decode(box)).not.toContain('answer')
    expect(await unseal(box, await deriveStageKey(bytes(SECRET), stage), 'digest')).toEqual(plain)
  })

  const REFUSED: readonly (readonly [string, string, typeof stage, string, number | null])[] = [
    ['another secret', OTHER, stage, 'digest', null],
    ['another stage', SECRET, { ...stage, stageName: 'dev' }, 'digest', null],
    ['another API', SECRET, { ...stage, apiId: 'shop2' }, 'digest', null],
    ['another place', SECRET, stage, 'other digest', null],
    ['a bit of its text changed', SECRET, stage, 'digest', 20],
    ['a bit of its IV changed', SECRET, stage, 'digest', 8],
    ['its last bit changed', SECRET, stage, 'digest', -1],
  ]
  for (const [name, secret, owner, digest, at] of REFUSED) {
    it(`does not open with ${name}`, async () => {
      const box = await sealed()
      if (at !== null) {
        const index = at < 0 ? box.length + at : at
        box[index] = (box[index] ?? 0) ^ 1
      }
      expect(await unseal(box, await deriveStageKey(bytes(secret), owner), digest)).toBeNull()
    })
  }

  it('is not mistaken for what is none', async () => {
    const key = await deriveStageKey(bytes(SECRET), stage)
    for (const none of [new Uint8Array(0), new Uint8Array(40), (await sealed()).slice(0, 12)]) {
      expect(readKeyId(none)).toBeNull()
      expect(await unseal(none, key, 'digest')).toBeNull()
    }
  })
})
