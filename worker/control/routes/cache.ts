import * as z from 'zod'
import { stageWrittenSchema } from '../../../kv-schemas/control-api/answers.ts'
import { cacheEntriesQuerySchema, cacheEntriesSchema, cacheEntryViewSchema, cacheStatsSchema, purgeRequestSchema } from '../../../kv-schemas/control-api/cache.ts'
import { attributionSchema, ifMatchSchema } from '../../../kv-schemas/control-api/requests.ts'
import { apiIdSchema, stageNameSchema } from '../../../kv-schemas/id-schemas.ts'
import { flushInIsolate } from '../../adapters/ports.ts'
import { cacheIndexOf, showEntry, toLine, toStatsView } from '../cache-views.ts'
import { expectMethod, expectStage } from '../cache-targets.ts'
import { ControlProblem } from '../problem.ts'
import { controlRoute, createRouteGroup, jsonAnswer } from '../route.ts'
import { writeStage } from '../write-stage.ts'

const params = z.object({ apiId: apiIdSchema, stageName: stageNameSchema })
const write = { params, query: attributionSchema, headers: ifMatchSchema }
const written = jsonAnswer('The stage as it is now', stageWrittenSchema)

const flush = controlRoute('deploy', {
  method: 'post',
  path: '/apis/{apiId}/stages/{stageName}/cache/flush',
  summary: 'Flushes the cache of a stage: nothing that was stored is served any more',
  request: write,
  answer: written,
})

const purge = controlRoute('deploy', {
  method: 'post',
  path: '/apis/{apiId}/stages/{stageName}/cache/purge',
  summary: 'Takes the answers of one method, or with one tag, out of the cache of a stage',
  request: { ...write, body: purgeRequestSchema },
  answer: written,
})

const stats = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/stages/{stageName}/cache',
  summary: 'What the cache of a stage holds, and how it did',
  request: { params },
  answer: jsonAnswer('The statistics', cacheStatsSchema),
})

const listEntries = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/stages/{stageName}/cache/entries',
  summary: 'Entries of the cache of a stage, the last used first',
  request: { params, query: cacheEntriesQuerySchema },
  answer: jsonAnswer('The entries', cacheEntriesSchema),
})

const readEntry = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/stages/{stageName}/cache/entries/{keyDigest}',
  summary: 'One entry of the cache of a stage, without its body',
  request: { params: params.extend({ keyDigest: z.string().regex(/^[0-9a-f]{6,64}$/u, 'the first digits of the digest of a key, at least 6') }) },
  answer: jsonAnswer('The entry', cacheEntryViewSchema),
})

/** `/apis/{apiId}/stages/{stageName}/cache`. */
export const cacheRoutes = createRouteGroup()
  .on(flush, async (c) => {
    const call = { env: c.env, actor: c.var.actor, ...c.req.valid('param'), attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    const view = await writeStage(call, { kind: 'cache-flush' })
    flushInIsolate(call.apiId, call.stageName, view.stage.cacheEpoch)
    // The cache is flushed with the rules; that the books are late changes only what the statistics show.
    c.executionCtx.waitUntil(cacheIndexOf(c.env, call.apiId, call.stageName).flush(view.stage.cacheEpoch).catch(() => undefined))
    return view
  })
  .on(purge, async (c) => {
    const call = { env: c.env, actor: c.var.actor, ...c.req.valid('param'), attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    const purged = c.req.valid('json')
    if (purged.kind === 'method') await expectMethod(call, purged.value)
    const view = await writeStage(call, { kind: 'cache-purge', purge: { ...purged, atMs: Date.now() } })
    return view
  })
  .on(stats, async (c) => {
    const { apiId, stageName } = c.req.valid('param')
    await expectStage({ env: c.env, apiId, stageName })
    return toStatsView(await cacheIndexOf(c.env, apiId, stageName).stats())
  })
  .on(listEntries, async (c) => {
    const { apiId, stageName } = c.req.valid('param')
    const { prefix, limit } = c.req.valid('query')
    await expectStage({ env: c.env, apiId, stageName })
    const found = await cacheIndexOf(c.env, apiId, stageName).find(prefix, limit)
    return { entries: found.map(toLine) }
  })
  .on(readEntry, async (c) => {
    const { apiId, stageName, keyDigest } = c.req.valid('param')
    const [line, other] = await cacheIndexOf(c.env, apiId, stageName).find(keyDigest, 2)
    if (line === undefined) await expectStage({ env: c.env, apiId, stageName })
    if (line === undefined) throw new ControlProblem('not-found', { detail: `The cache of ${apiId}/${stageName} has no entry ${keyDigest}.` })
    if (other !== undefined) throw new ControlProblem('not-possible', { detail: `Several entries begin with ${keyDigest}.`, hint: 'give more digits' })
    return showEntry(c.env, { apiId, stageName }, line)
  })
