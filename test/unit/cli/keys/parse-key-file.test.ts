import { describe, expect, test } from 'vitest'
import { parseKeyFile } from '../../../../cli/keys/parse-key-file.ts'

describe('key files', () => {
  test('as Amazon has them', () => {
    const text = 'Name,key,description,Enabled,usageplanIds\nMyFirstApiKey,apikey1234abcdefghij0123456789,"An imported, ""key""",TRUE,"c7y23b,d8"\r\nsecond,apikey1234abcdefghij0123456788,,FALSE,\n\n'
    expect(parseKeyFile(text)).toEqual({
      kind: 'keys',
      keys: [
        { name: 'MyFirstApiKey', value: 'apikey1234abcdefghij0123456789', description: 'An imported, "key"', enabled: true, usagePlanIds: ['c7y23b', 'd8'] },
        { name: 'second', value: 'apikey1234abcdefghij0123456788', description: '', enabled: false, usagePlanIds: [] },
      ],
    })
  })

  test('of hashes', () => {
    expect(parseKeyFile(`sha256\n${'a'.repeat(64)}`)).toMatchObject({ kind: 'keys', keys: [{ valueSha256: 'a'.repeat(64), enabled: true }] })
  })

  test.each([['', 1], ['name', 1], ['key,colour', 1], ['key\na,b', 2]])('%j is none', (text, line) => expect(parseKeyFile(text)).toMatchObject({ kind: 'invalid', line }))
})
