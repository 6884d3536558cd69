import { describe, expect, test } from 'vitest'
import type { ApiKeyDocument } from '../../../../kv-schemas/documents/access.ts'
import { findApiKeyFault, holdsStage } from '../../../../worker/semantics/api-keys/check-api-key.ts'
import { generateApiKeyValue, hashApiKey, mayBeApiKey } from '../../../../worker/semantics/api-keys/key-value.ts'
import { deriveSealingKeys, openSecret, sealSecret } from '../../../../worker/semantics/authorizers/seal-secret.ts'
import { equalInConstantTime } from '../../../../worker/semantics/authorizers/equal-in-constant-time.ts'
import { seededChance } from '../../../chance.ts'

const bytesOf = (seed: number) => {
  const chance = seededChance(seed)
  return (length: number) => Uint8Array.from({ length }, () => chance.below(256))
}

describe('generated values', () => {
  test('are 40 characters that tell what they are, each another', () => {
    const values = Array.from({ length: 500 }, (_value, seed) => generateApiKeyValue(bytesOf(seed)))
    expect(new Set(values).size).toBe(500)
    for (const value of values) expect(value).toMatch(/^sgdr_[0-9A-Za-z]{35}$/u)
    expect(values.every(mayBeApiKey)).toBe(true)
  })

  test('with one character changed are none', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const chance = seededChance(seed)
      const value = generateApiKeyValue(bytesOf(seed))
      const at = 5 + chance.below(35)
      const other = value.charAt(at) === 'x' ? 'y' : 'x'
      expect(mayBeApiKey(value.slice(0, at) + other + value.slice(at + 1))).toBe(false)
    }
  })

  test('of others have Amazon\'s length', () => {
    expect(['x'.repeat(19), 'x'.repeat(20), 'x'.repeat(128), 'x'.repeat(129), ''].map(mayBeApiKey)).toEqual([false, true, true, false, false])
  })

  test('are stored as SHA-256', async () => {
    expect(await hashApiKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})

describe('keys', () => {
  const key: ApiKeyDocument = { schema: 1, id: 'k', name: '', description: '', customerId: null, enabled: true, validUntilMs: null, usagePlanIds: [], createdAtMs: null }
  const rows: readonly (readonly [string, ApiKeyDocument | null, string | null])[] = [
    ['good', key, null], ['unknown', null, 'unknown'], ['disabled', { ...key, enabled: false }, 'disabled'],
    ['in its grace', { ...key, validUntilMs: 101 }, null], ['after its grace', { ...key, validUntilMs: 100 }, 'expired'],
  ]
  test.each(rows)('%s', (_name, document, fault) => expect(findApiKeyFault(document, 100)).toBe(fault))

  test('open the stages of their plans', () => {
    const plan = { schema: 1 as const, id: 'p', name: '', description: '', apiStages: [] }
    expect(holdsStage(plan, 'a', 'prod')).toBe(false)
  })
})

describe('secrets', () => {
  test('open with the key and the name they were sealed with, and nothing else', async () => {
    const keys = await deriveSealingKeys('passphrase')
    const sealed = await sealSecret('wJalrXUtnFEMI', 'AKID', keys)
    expect(sealed).not.toContain('wJal')
    expect(await sealSecret('wJalrXUtnFEMI', 'AKID', keys)).toBe(sealed)
    expect(await sealSecret('wJalrXUtnFEMI', 'AKIE', keys)).not.toBe(sealed)
    expect(await openSecret(sealed, 'AKID', keys)).toEqual({ kind: 'opened', secret: 'wJalrXUtnFEMI' })
    const others = [openSecret(sealed, 'AKIE', keys), openSecret(sealed, 'AKID', await deriveSealingKeys('other')), openSecret('', 'AKID', keys), openSecret('%', 'AKID', keys), openSecret(`A${sealed.slice(1)}`, 'AKID', keys)]
    for (const other of await Promise.all(others)) expect(other).toEqual({ kind: 'unreadable' })
  })
})

test('texts are compared as a whole', () => {
  const rows = [['', '', true], ['a', 'a', true], ['a', 'b', false], ['a', '', false], ['', 'a', false], ['a', 'aa', false], ['aa', 'a', false], ['é', 'é', true]] as const
  for (const [given, expected, isEqual] of rows) expect(equalInConstantTime(given, expected)).toBe(isEqual)
})
