import { createRequire } from 'node:module'
import type * as miniflarePackage from 'miniflare'
import { expect, it } from 'vitest'
import { createRulesDoor } from '../../cli/dev/rules-door.ts'

const { convertV4MiniflareOptions, Miniflare } = createRequire(import.meta.url)('miniflare') as typeof miniflarePackage

it('the door to the rules takes what this process writes, and nothing of others', async () => {
  const door = createRulesDoor({ name: 'gateway', compatibilityDate: '2026-10-01', script: '', kvNamespaces: { RULES: 'RULES' } })
  const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: [door.worker], host: '127.0.0.1', port: 0 }))
  try {
    const url = await miniflare.unsafeGetDirectURL(door.worker.name)
    const rules = door.open(url)
    const namespace = await miniflare.getKVNamespace('RULES', door.worker.name)
    await rules.put('stage/shop/a b&c', '{"é":1}')
    expect(await namespace.get('stage/shop/a b&c')).toBe('{"é":1}')
    const stranger = await fetch(new URL('/?key=account', url), { method: 'PUT', body: '{}' })
    expect([stranger.status, await namespace.get('account')]).toEqual([403, null])
    await rules.delete('stage/shop/a b&c')
    expect(await namespace.get('stage/shop/a b&c')).toBe(null)
    await expect(rules.put('k'.repeat(600), '1')).rejects.toThrow('the local KV did not take kkk')
  } finally {
    await miniflare.dispose()
  }
})
