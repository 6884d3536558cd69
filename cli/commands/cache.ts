import { cacheEntriesSchema, cacheEntryViewSchema, cacheStatsSchema, type CacheEntryView, type CacheStatsView } from '../../kv-schemas/control-api/cache.ts'
import type { Call, Command } from '../command.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'
import { runStageWrite, STAGE_WRITE_OPTIONS, stagePath } from '../control/write-stage.ts'

/** `stagedoor cache stats API STAGE` */
export const cacheStats: Command = {
  name: 'cache stats',
  summary: 'Shows what the response cache of a stage holds, and how many requests it answered.',
  usage: 'cache stats API STAGE [--entries N]',
  details: 'Gateways report every few seconds; numbers lag behind by as much.',
  operands: { min: 2, max: 2 },
  options: [{ name: 'entries', value: 'N', summary: 'list the N entries used last, too' }, ...CONNECTION_OPTIONS],
  run: runStats,
}

/** `stagedoor cache show API STAGE KEY` */
export const cacheShow: Command = {
  name: 'cache show',
  summary: 'Shows one entry of the response cache of a stage: its headers and how long it lives, not its body.',
  usage: 'cache show API STAGE KEY',
  details: 'KEY is the digest of the entry, or its first digits, as "stagedoor cache stats --entries 10" lists them.',
  operands: { min: 3, max: 3 },
  options: CONNECTION_OPTIONS,
  run: runShow,
}

/** `stagedoor cache purge API STAGE` */
export const cachePurge: Command = {
  name: 'cache purge',
  summary: 'Takes the answers of one method, or with one tag, out of the response cache of a stage.',
  usage: 'cache purge API STAGE (--method PATH/METHOD | --tag TAG) [--wait]',
  details: 'The method is named as in methodSettings: "pets/{petId}/GET". Tags are what the backend gave in its Cache-Tag header.',
  operands: { min: 2, max: 2 },
  options: [{ name: 'method', value: 'PATH/METHOD', summary: 'the answers of this method' }, { name: 'tag', value: 'TAG', summary: 'the answers with this tag' }, ...STAGE_WRITE_OPTIONS],
  run: runPurge,
}

/** As many as the control API lists at once. */
const ENTRIES_MAX = 500

async function runStats(call: Call): Promise<number> {
  const limit = call.text('entries')
  if (limit !== null && !(/^[1-9]\d{0,2}$/u.test(limit) && Number(limit) <= ENTRIES_MAX)) return fail(`--entries takes a number from 1 to ${ENTRIES_MAX}, not ${limit}`, call)
  return withGateway(call, async (client) => {
    const stats = await client.call({ method: 'GET', path: `${stagePath(call.operands)}/cache`, answer: cacheStatsSchema })
    if (stats.kind !== 'done') return failWith(stats, call)
    const listed = limit === null ? null : await client.call({ method: 'GET', path: `${stagePath(call.operands)}/cache/entries`, query: { limit }, answer: cacheEntriesSchema })
    if (listed !== null && listed.kind !== 'done') return failWith(listed, call)
    const entries = listed?.value.entries ?? []
    if (call.json) printJson({ ...stats.value, ...(listed === null ? {} : { keys: entries }) }, call)
    else for (const line of [...renderStats(stats.value), ...entries.map((entry) => `  ${entry.keyDigest.slice(0, 16)}  ${entry.methodKey}  ${entry.bytes} bytes, until ${entry.keepUntil}`)]) call.terminal.out(line)
    return 0
  })
}

function renderStats({ entries, bytes, capacityBytes, counts, cacheHitCount: hits, cacheMissCount: misses, meanLatenciesMs: means, evicted, alarms, methods }: CacheStatsView): readonly string[] {
  const share = hits + misses === 0 ? '' : ` (${((100 * hits) / (hits + misses)).toFixed(1)} % hits)`
  const full = capacityBytes === 0 ? '' : ` of ${toMegabytes(capacityBytes)} MB`
  return [
    `${entries} entries, ${toMegabytes(bytes)} MB${full}, ${evicted} evicted`,
    `${hits} hits: ${counts.memory} in memory, ${counts.kv} in KV, ${counts.fill} by waiting; ${misses} misses${share}`,
    ...(hits + misses === 0 ? [] : [`until the cache knew: ${means.memory} ms in memory, ${means.kv} ms in KV, ${means.fill} ms by waiting, ${means.miss} ms for a miss`]),
    ...(alarms === 0 ? [] : [`${alarms} entries that were not what was written there`]),
    ...methods.map((method) => `  ${method.methodKey}  ${method.entries} entries, ${toMegabytes(method.bytes)} MB`),
  ]
}

function toMegabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}

function runShow(call: Call): Promise<number> {
  return withGateway(call, async (client) => {
    const path = `${stagePath(call.operands)}/cache/entries/${encodeURIComponent(call.operands[2] ?? '')}`
    const outcome = await client.call({ method: 'GET', path, answer: cacheEntryViewSchema })
    if (outcome.kind !== 'done') return failWith(outcome, call)
    if (call.json) printJson(outcome.value, call)
    else for (const line of renderEntry(outcome.value)) call.terminal.out(line)
    return 0
  })
}

function renderEntry(entry: CacheEntryView): readonly string[] {
  const first = [entry.keyDigest, `${entry.methodKey}, ${entry.bytes} bytes in KV, last used ${entry.usedAt}, kept until ${entry.keepUntil}`]
  if (!entry.isStored) return [...first, 'KV does not show it (any more).']
  if (entry.kind === null) return [...first, 'It can not be read: encrypted with a key that this gateway does not have, or not what was written there.']
  if (entry.kind === 'vary') return [...first, `It varies by ${entry.variesBy.join(', ')}.`]
  const tags = entry.tags.length === 0 ? [] : [`tags ${entry.tags.join(', ')}`]
  return [...first, `status ${entry.statusCode}, body ${entry.bodyBytes} bytes, stored ${entry.storedAt}, fresh until ${entry.freshUntil}`, ...tags, ...entry.headers.map(([name, value]) => `  ${name}: ${value}`)]
}

async function runPurge(call: Call): Promise<number> {
  const [method, tag] = [call.text('method'), call.text('tag')]
  if ((method === null) === (tag === null)) return fail('say what to purge: --method PATH/METHOD or --tag TAG', call)
  const body = method === null ? { kind: 'tag', value: tag } : { kind: 'method', value: method }
  return runStageWrite(call, { method: 'POST', path: `${stagePath(call.operands)}/cache/purge`, body }, ({ stage }) => `${body.kind} ${body.value} is purged from ${stage.apiId}/${stage.stageName}`)
}
