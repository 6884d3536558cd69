import { describe, expect, it } from 'vitest'
import { createPublisher, type WritableKv } from '../../../../cli/dev/publisher.ts'
import { preparePublication } from '../../../../cli/dev/compile-folder.ts'
import { atRevision } from '../../../../cli/dev/publication.ts'
import { compileRules } from '../../../../worker/semantics/rules/compile-rules.ts'

const FILES: readonly (readonly [string, string])[] = [
  ['apis/shop/api.json', '{"openapi":"3.0.1","info":{"title":"shop","version":"1"},"paths":{"/":{"get":{"responses":{},"x-amazon-apigateway-integration":{"type":"mock"}}}}}'],
  ['apis/shop/stages/dev.json', '{}'],
]

async function load(files: ReadonlyMap<string, string>) {
  const compiled = await compileRules(files, { env: { WHO: 'me' } })
  return { kind: 'loaded' as const, files, rules: compiled.ok ? compiled.rules : null, problems: compiled.ok ? compiled.warnings : compiled.problems }
}

describe('a rule folder is prepared for publishing', () => {
  it('with its files, its stages, and its documents at the revision', async () => {
    const prepared = atRevision(preparePublication(await load(new Map(FILES))), 7)
    const publication = prepared.kind === 'loaded' ? prepared.publication : null
    expect(publication?.stages).toEqual(['shop/dev'])
    expect(publication?.files).toEqual(new Map(FILES))
    expect([...(publication?.entries.keys() ?? [])].map((key) => key.split('/')[0])).toEqual(['account', 'deployment', 'stage'])
    expect(JSON.parse(publication?.entries.get('stage/shop/dev') ?? 'null')).toMatchObject({ apiId: 'shop', revision: 7 })
  })

  it.each([
    { name: 'within one push', spaces: 3_000_000, isPushed: true },
    { name: 'beyond it', spaces: 3_900_001, isPushed: false },
    { name: 'within it, but not with the escapes of JSON', spaces: 0, tabs: 2_000_000, isPushed: false },
  ])('keeps the files $name: $isPushed', async ({ spaces, tabs = 0, isPushed }) => {
    const files = new Map([...FILES, ['apis/shop/stages/prod.json', `{}${' '.repeat(spaces)}${'\t'.repeat(tabs)}`] as const])
    const prepared = preparePublication(await load(files))
    expect(prepared.kind === 'loaded' && prepared.publication?.files !== null).toBe(isPushed)
  })

  it.each([
    { name: 'a plain folder', file: ['apis/shop/stages/prod.json', '{}'], isLasting: true },
    { name: 'a variable of the environment', file: ['apis/shop/stages/prod.json', '{"description":"${env.WHO}"}'], isLasting: false },
    { name: 'credentials', file: ['credentials.json', '{"credentials":[{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"wJalrXUtnFEMI","arn":"arn:aws:iam::123456789012:user/a"}]}'], isLasting: false },
  ] as const)('lasting for $name: $isLasting', async ({ file, isLasting }) => {
    const prepared = preparePublication(await load(new Map([...FILES, file])))
    expect(prepared).toMatchObject({ kind: 'loaded', publication: { isLasting } })
  })

  it('not at all with errors, which are told', async () => {
    const prepared = preparePublication(await load(new Map([['account.json', '{"acountId":"1"}']])))
    expect(prepared).toMatchObject({ kind: 'loaded', publication: null, problems: [{ severity: 'error', file: 'account.json' }] })
  })

  it('not at all when it could not be read', () => {
    expect(preparePublication({ kind: 'unreadable', message: 'gone' })).toEqual({ kind: 'unreadable', message: 'gone' })
  })
})

describe('the publisher', () => {
  it('writes in order what changed, and deletes what is gone', async () => {
    const calls: string[] = []
    const kv: WritableKv = { put: async (key, value) => void calls.push(`${key}=${value}`), delete: async (key) => void calls.push(`-${key}`) }
    const publisher = createPublisher(kv)
    expect(publisher.hasPublished()).toBe(false)
    await publisher.publish(new Map([['account', '1'], ['deployment/a', '1'], ['stage/a', '1']]))
    await publisher.publish(new Map([['account', '1'], ['deployment/b', '1'], ['stage/a', '2']]))
    expect(calls).toEqual(['account=1', 'deployment/a=1', 'stage/a=1', 'deployment/b=1', 'stage/a=2', '-deployment/a'])
    expect(publisher.hasPublished()).toBe(true)
  })

  it('tries all again that it could not write', async () => {
    const calls: string[] = []
    let isBroken = true
    const kv: WritableKv = { put: async (key) => (isBroken ? Promise.reject(new Error('full')) : void calls.push(key)), delete: async () => undefined }
    const publisher = createPublisher(kv)
    await expect(publisher.publish(new Map([['account', '1']]))).rejects.toThrow('full')
    isBroken = false
    await publisher.publish(new Map([['account', '1']]))
    expect(calls).toEqual(['account'])
  })
})
