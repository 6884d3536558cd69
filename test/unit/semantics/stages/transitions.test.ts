import { expect, test } from 'vitest'
import { canarySettingsSchema, stageRuleSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { applyStageRule } from '../../../../worker/semantics/stages/apply-settings.ts'
import { cancelCanary, promoteCanary, setCanary, startCanary } from '../../../../worker/semantics/stages/canary.ts'
import { deployToStage, findPreviousDeployment, rollBackToDeployment, rollBackToRevision } from '../../../../worker/semantics/stages/deploy.ts'
import { flushCache, purgeCache } from '../../../../worker/semantics/stages/purge-cache.ts'
import type { StageOutcome } from '../../../../worker/semantics/stages/stage-change.ts'
import { emptyStage, toStageDocument, type StageRecord } from '../../../../worker/semantics/stages/stage-record.ts'
import { stageSchema } from '../../../../kv-schemas/documents/stage.ts'
import { CACHE_PURGES_MAX } from '../../../../kv-schemas/limits.ts'
import { canaryOf, id, running, withCanary } from './records.ts'

const NEW = emptyStage(running.apiId, running.stageName, 7)
const canary = (rule: object) => canarySettingsSchema.parse(rule)
const rule = (fields: object) => stageRuleSchema.parse(fields)
const knows = (known: string) => known === id('1') || known === id('2')
const apply = (record: StageRecord, fields: object) => applyStageRule(record, rule(fields), 0, knows)
const pushed = (record: StageRecord, canarySettings: object): StageRecord => ({ ...record, pushedCanary: canary(canarySettings) })

const PURGE = { kind: 'method', value: 'pets/GET', atMs: 5 } as const
const FULL = Array.from({ length: CACHE_PURGES_MAX }, (_, n) => ({ kind: 'tag' as const, value: `tag-${n}`, atMs: 5 }))

interface Row {
  readonly name: string
  readonly outcome: StageOutcome
  readonly kind: StageOutcome['kind']
  readonly record?: unknown
  readonly refusal?: unknown
}

const ROWS: readonly Row[] = [
  { name: 'a first deploy points the stage at it', outcome: deployToStage(NEW, id('1')), kind: 'changed', record: { deploymentId: id('1'), revision: 8, canary: null } },
  { name: 'a deploy moves the pointer', outcome: deployToStage(running, id('2')), kind: 'changed', record: { deploymentId: id('2'), revision: 4 } },
  { name: 'the same deployment again is a revision', outcome: deployToStage(running, id('1')), kind: 'changed', record: { deploymentId: id('1'), revision: 4 } },
  {
    name: 'a deploy to a stage with a canary changes the canary alone',
    outcome: deployToStage(withCanary, id('3')),
    kind: 'changed',
    record: { deploymentId: id('1'), canary: { deploymentId: id('3'), percentTraffic: 10 } },
  },
  { name: 'rollback to a deployment keeps the settings', outcome: rollBackToDeployment(withCanary, id('4')), kind: 'changed', record: { deploymentId: id('4'), settings: withCanary.settings } },
  { name: 'rollback to where the stage is changes nothing', outcome: rollBackToDeployment(running, id('1')), kind: 'unchanged', record: { revision: 3 } },
  {
    name: 'rollback to a revision brings settings, deployment and canary back, never the cache',
    outcome: rollBackToRevision({ ...running, deploymentId: id('5'), cacheEpoch: 4, revision: 9 }, withCanary),
    kind: 'changed',
    record: { revision: 10, deploymentId: id('1'), cacheEpoch: 4, canary: { percentTraffic: 10 }, settings: { variables: { backend: 'blue' } } },
  },
  { name: 'rollback to before the first deployment is refused', outcome: rollBackToRevision(running, NEW), kind: 'refused', refusal: { kind: 'not-possible' } },
  { name: 'a flush bumps the epoch', outcome: flushCache(running), kind: 'changed', record: { cacheEpoch: 1, revision: 4 } },
  { name: 'a purge is remembered', outcome: purgeCache(running, PURGE), kind: 'changed', record: { cacheEpoch: 0, cachePurges: [PURGE], revision: 4 } },
  { name: 'a flush forgets the purges', outcome: flushCache({ ...running, cachePurges: [PURGE] }), kind: 'changed', record: { cacheEpoch: 1, cachePurges: [] } },
  { name: 'one purge too many is a flush', outcome: purgeCache({ ...running, cachePurges: FULL }, PURGE), kind: 'changed', record: { cacheEpoch: 1, cachePurges: [] } },
  {
    name: 'a canary starts',
    outcome: startCanary(running, canary({ percentTraffic: 5.5, stickiness: { type: 'HEADER', name: 'x-user' } }), id('2'), 0),
    kind: 'changed',
    record: { deploymentId: id('1'), canary: { deploymentId: id('2'), percentTraffic: 5.5, stickiness: { type: 'HEADER', name: 'x-user', salt: 'shop/dev/4' } } },
  },
  {
    name: 'a canary of a stage that does not exist is refused in the words of Amazon',
    outcome: startCanary(NEW, canary({ percentTraffic: 5 }), id('2'), 0),
    kind: 'refused',
    refusal: { detail: 'Invalid deployment content specified.Stage dev must already be created before making a canary release deployment' },
  },
  { name: 'a second canary is refused', outcome: startCanary(withCanary, canary({}), id('3'), 0), kind: 'refused', refusal: { kind: 'not-possible' } },
  { name: 'a canary changes its share', outcome: setCanary(withCanary, { percentTraffic: 50 }, 0), kind: 'changed', record: { canary: { percentTraffic: 50, deploymentId: id('2') } } },
  { name: 'setting without a canary is refused', outcome: setCanary(running, { percentTraffic: 50 }, 0), kind: 'refused', refusal: { detail: 'Update not available. Canary does not exist.' } },
  {
    name: 'promotion copies deployment and overrides and ends the canary',
    outcome: promoteCanary(withCanary),
    kind: 'changed',
    record: { deploymentId: id('2'), canary: null, settings: { variables: { backend: 'green', region: 'us', trial: 'yes' } } },
  },
  { name: 'promotion without a canary is refused in the words of Amazon', outcome: promoteCanary(running), kind: 'refused', refusal: { detail: 'Promotion not available. Canary does not exist.' } },
  { name: 'cancelling ends the canary alone', outcome: cancelCanary(withCanary), kind: 'changed', record: { deploymentId: id('1'), canary: null, settings: withCanary.settings } },
  { name: 'cancelling without a canary is refused', outcome: cancelCanary(running), kind: 'refused', refusal: { detail: 'Cancellation not available. Canary does not exist.' } },
  { name: 'a file that says the same makes no revision', outcome: apply(running, {}), kind: 'unchanged', record: { revision: 3 } },
  { name: 'new settings apply at once', outcome: apply(running, { variables: { a: 'b' } }), kind: 'changed', record: { revision: 4, deploymentId: id('1'), settings: { variables: { a: 'b' } } } },
  { name: 'a file without a canary leaves one that was started by hand', outcome: apply({ ...withCanary, settings: running.settings }, {}), kind: 'unchanged', record: { canary: withCanary.canary } },
  { name: 'a canary that the file drops ends', outcome: apply({ ...pushed(withCanary, { percentTraffic: 10 }), settings: running.settings }, {}), kind: 'changed', record: { canary: null } },
  {
    name: 'a canary in the file starts on the deployment it names',
    outcome: apply(running, { canarySettings: { percentTraffic: 5, deploymentId: id('2') } }),
    kind: 'changed',
    record: { canary: { deploymentId: id('2'), percentTraffic: 5 }, pushedCanary: { percentTraffic: 5 } },
  },
  { name: 'a canary in the file that names none starts on the deployment of the stage', outcome: apply(running, { canarySettings: { percentTraffic: 5 } }), kind: 'changed', record: { canary: { deploymentId: id('1') } } },
  { name: 'a canary in the file with an unknown deployment is refused', outcome: apply(running, { canarySettings: { deploymentId: id('9') } }), kind: 'refused', refusal: { detail: 'Deployment id does not exist' } },
  { name: 'a canary in the file with a malformed deployment is refused', outcome: apply(running, { canarySettings: { deploymentId: 'latest' } }), kind: 'refused', refusal: { detail: 'Deployment id does not exist' } },
  { name: 'a canary in the file waits for the first deployment', outcome: apply(NEW, { canarySettings: { percentTraffic: 5 } }), kind: 'unchanged', record: { canary: null, pushedCanary: null } },
  {
    name: 'a share that an operator set stays when the file did not change',
    outcome: apply({ ...pushed(withCanary, { percentTraffic: 5 }), settings: running.settings }, { canarySettings: { percentTraffic: 5 } }),
    kind: 'unchanged',
    record: { canary: { percentTraffic: 10 } },
  },
  {
    name: 'a larger share in the file keeps the crowd',
    outcome: apply({ ...running, canary: canaryOf(running, { percentTraffic: 5, stickiness: { type: 'SOURCE_IP' } }), revision: 8 }, { canarySettings: { percentTraffic: 50, stickiness: { type: 'SOURCE_IP' } } }),
    kind: 'changed',
    record: { canary: { percentTraffic: 50, deploymentId: id('2'), stickiness: { salt: 'shop/dev/4' } } },
  },
]

test.each(ROWS)('$name', ({ outcome, kind, record, refusal }) => {
  expect(outcome).toMatchObject(refusal === undefined ? { kind, record } : { kind, refusal })
})

test('every record gives the data plane a document that it can read, once it has a deployment', () => {
  expect(toStageDocument(NEW)).toBeNull()
  for (const { outcome } of ROWS) {
    if (outcome.kind === 'refused' || outcome.record.deploymentId === null) continue
    expect(() => stageSchema.parse(toStageDocument(outcome.record))).not.toThrow()
  }
})

const HISTORY = [
  { name: 'none before', past: [], expected: null },
  { name: 'only itself before', past: [id('1'), id('1')], expected: null },
  { name: 'another before', past: [id('1'), id('2'), id('3')], expected: id('2') },
  { name: 'a time without one before', past: [null, id('2')], expected: id('2') },
]
for (const row of HISTORY) {
  test(`the previous deployment, with ${row.name}`, () => {
    const revisions = row.past.map((deploymentId) => ({ deploymentId }))
    expect(findPreviousDeployment(running, revisions)).toBe(row.expected)
  })
}
