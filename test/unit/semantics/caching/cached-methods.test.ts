import { describe, expect, it } from 'vitest'
import { canarySettingsSchema, methodSettingSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import type { StageDocument } from '../../../../kv-schemas/documents/stage.ts'
import { usesCache, type CachedCall } from '../../../../worker/semantics/caching/cached-methods.ts'

const SETTINGS = methodSettingSchema.parse({ cachingEnabled: true })
const CALL: CachedCall = { settings: SETTINGS, hasOwnSettings: false, httpMethod: 'GET', declaredMethod: 'GET', isCanaryRequest: false, responseTransferMode: 'BUFFERED' }
const STAGE = { cacheClusterEnabled: true, canarySettings: null, cachePolicy: 'amazon' } as const
const canary = (useStageCache: boolean): StageDocument['canarySettings'] =>
  ({ ...canarySettingsSchema.parse({ percentTraffic: 10, useStageCache }), deploymentId: 'x' }) as unknown as StageDocument['canarySettings']

const ROWS: readonly (readonly [string, Partial<CachedCall>, Partial<Parameters<typeof usesCache>[0]>, boolean])[] = [
  ['a GET', {}, {}, true],
  ['HEAD, from what GET stored', { httpMethod: 'HEAD', declaredMethod: 'ANY' }, {}, true],
  ['GET of an ANY method', { declaredMethod: 'ANY' }, {}, true],
  ['a method whose own settings say so', { httpMethod: 'POST', declaredMethod: 'POST', hasOwnSettings: true }, {}, true],
  ['a canary with useStageCache', { isCanaryRequest: true }, { canarySettings: canary(true) }, true],
  ['a TTL of 0 where headers say how long', { settings: { ...SETTINGS, cacheTtlInSeconds: 0 } }, { cachePolicy: 'rfc9111' }, true],
  ['not without a cluster', {}, { cacheClusterEnabled: false }, false],
  ['not when the method does not cache', { settings: { ...SETTINGS, cachingEnabled: false } }, {}, false],
  ['not with a TTL of 0', { settings: { ...SETTINGS, cacheTtlInSeconds: 0 } }, {}, false],
  ['not POST by the settings of all methods', { httpMethod: 'POST', declaredMethod: 'POST' }, {}, false],
  ['not POST of an ANY method', { httpMethod: 'POST', declaredMethod: 'ANY', hasOwnSettings: true }, {}, false],
  ['not a canary without useStageCache', { isCanaryRequest: true }, { canarySettings: canary(false) }, false],
  ['not a streamed answer', { responseTransferMode: 'STREAM' }, {}, false],
]

describe('the cache is asked by', () => {
  for (const [name, call, stage, expected] of ROWS) {
    it(name, () => {
      expect(usesCache({ ...STAGE, ...stage }, { ...CALL, ...call })).toBe(expected)
    })
  }
})
