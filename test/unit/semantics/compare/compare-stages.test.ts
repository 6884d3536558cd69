import { expect, test } from 'vitest'
import { stageRuleSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { compareStages } from '../../../../worker/semantics/compare/compare-stages.ts'
import { toStageSettings, type StageRecord } from '../../../../worker/semantics/stages/stage-record.ts'
import { canaryOf, id, running } from '../stages/records.ts'

const settings = (rule: object): StageRecord => ({ ...running, settings: toStageSettings(stageRuleSchema.parse(rule)) })
const limit = (throttlingRateLimit?: number): StageRecord => settings({ methodSettings: { 'pets/GET': throttlingRateLimit === undefined ? {} : { throttlingRateLimit } } })
const caching = (fields: object): StageRecord => settings({ methodSettings: { '*/*': fields } })

const ROWS = [
  { name: 'nothing', before: running, after: { ...running, revision: 9 }, changes: [] },
  { name: 'a stage that is new', before: null, after: running, changes: [{ kind: 'added', subject: 'stage dev', member: null }] },
  { name: 'a moved pointer', before: running, after: { ...running, deploymentId: id('2') }, changes: [{ member: 'deploymentId', warning: null }] },
  { name: 'a variable', before: settings({ variables: { a: 'b' } }), after: settings({ variables: { a: 'c' } }), changes: [{ kind: 'changed', member: 'variables.a', before: '"b"', after: '"c"' }] },
  { name: 'a variable gone', before: settings({ variables: { a: 'b' } }), after: settings({}), changes: [{ kind: 'removed', member: 'variables.a', after: null }] },
  { name: 'a lower limit', before: limit(100), after: limit(50), changes: [{ member: 'methodSettings.pets/GET.throttlingRateLimit', warning: 'limit lowered: callers may meet 429' }] },
  { name: 'a higher limit', before: limit(50), after: limit(100), changes: [{ warning: null }] },
  { name: 'a limit gone', before: limit(50), after: limit(), changes: [{ kind: 'removed', warning: 'limit removed' }] },
  { name: 'all settings gone', before: caching({}), after: settings({}), changes: [{ kind: 'removed', member: 'methodSettings.*/*', warning: 'limits, logging and caching fall back to the defaults' }] },
  { name: 'a cache that any caller may empty', before: caching({}), after: caching({ requireAuthorizationForCacheControl: false }), changes: [{ warning: 'any caller may empty cache entries' }] },
  { name: 'answers that callers share', before: caching({}), after: caching({ shared: true }), changes: [{ warning: 'callers share cached answers' }] },
  { name: 'whole requests in the log', before: caching({}), after: caching({ dataTraceEnabled: true }), changes: [{ warning: 'whole requests and answers go to the log' }] },
  { name: 'a canary', before: running, after: { ...running, canary: canaryOf(running, { percentTraffic: 5 }) }, changes: [{ kind: 'added', member: 'canarySettings' }] },
  {
    name: 'a ramp whose clock went on, and a salt: nothing',
    before: { ...running, canary: canaryOf(running, { ramp: { steps: [{ percentTraffic: 5, dwellSeconds: 9 }] }, stickiness: { type: 'SOURCE_IP' } }) },
    after: { ...running, canary: canaryOf({ ...running, revision: 8 }, { ramp: { steps: [{ percentTraffic: 5, dwellSeconds: 9 }] }, stickiness: { type: 'SOURCE_IP' } }) },
    changes: [],
  },
]

test.each(ROWS)('tells $name', ({ before, after, changes }) => {
  expect(compareStages(before, after)).toMatchObject(changes)
})
