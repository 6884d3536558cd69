import { describe, expect, it } from 'vitest'
import { renderCacheStatus, type CacheStatus } from '../../../../worker/semantics/caching/cache-status.ts'

const MISS = { kind: 'forwarded', reason: 'uri-miss', forwardStatus: null, ttlSeconds: null, isStored: false, isCollapsed: false, detail: null } as const

const ROWS: readonly (readonly [CacheStatus, string])[] = [
  [{ kind: 'hit', ttlSeconds: 30, detail: null }, 'stagedoor; hit; ttl=30'],
  [{ kind: 'hit', ttlSeconds: -5, detail: 'memory' }, 'stagedoor; hit; ttl=-5; detail=memory'],
  [MISS, 'stagedoor; fwd=uri-miss'],
  [{ ...MISS, forwardStatus: 200, ttlSeconds: 300, isStored: true }, 'stagedoor; fwd=uri-miss; fwd-status=200; ttl=300; stored'],
  [{ ...MISS, isCollapsed: true }, 'stagedoor; fwd=uri-miss; collapsed'],
  [{ ...MISS, reason: 'bypass', detail: 'set-cookie' }, 'stagedoor; fwd=bypass; detail=set-cookie'],
  [{ ...MISS, detail: 'two words' }, 'stagedoor; fwd=uri-miss; detail="two words"'],
  [{ ...MISS, detail: 'a"b\\c\n\u00e9' }, String.raw`stagedoor; fwd=uri-miss; detail="a\"b\\c"`],
  [{ ...MISS, detail: '5xx' }, 'stagedoor; fwd=uri-miss; detail="5xx"'],
]

describe('Cache-Status', () => {
  for (const [status, text] of ROWS) {
    it(`writes ${text}`, () => {
      expect(renderCacheStatus(status)).toBe(text)
    })
  }
})
