import { accountSchema } from '../../../../kv-schemas/documents/account.ts'
import type { CachePurge, StageDocument } from '../../../../kv-schemas/documents/stage.ts'
import { methodSettingSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { createCacheMemory, type CacheMemory } from '../../../../worker/adapters/cache/cache-memory.ts'
import { createCache } from '../../../../worker/adapters/cache/cache.ts'
import { createSealer } from '../../../../worker/adapters/cache/sealer.ts'
import { handle } from '../../../../worker/gateway/handle.ts'
import type { Bytes, Cache, CachePlace, Ports, UpstreamRequest } from '../../../../worker/ports.ts'
import type { CacheKey } from '../../../../worker/semantics/caching/cache-key.ts'
import { openStage, type OpenStage } from '../../../../worker/semantics/stages/open-stage.ts'
import { accessOf } from '../../../access.ts'
import { seededChance, type Chance } from '../../../chance.ts'
import { stageOf } from '../../../documents.ts'
import { portsOf } from '../../../gateway.ts'
import { deploymentFor, functions, METHODS } from './simulated-api.ts'

/** What a simulation does. */
export interface SimulationOptions {
  readonly seed: number
  readonly reads: number
  /** A part of the key that is taken out of it, to see that the simulation would notice. */
  readonly withoutPart?: number
  /** Whether the cache is not told of what requests changed, to see that the simulation would notice. */
  readonly withoutChanges?: boolean
}

/** What came of it. */
export interface SimulationResult {
  readonly reads: number
  readonly hits: number
  /** Answers that were not for their request: what was wrong, and the read's number. */
  readonly wrong: readonly string[]
}

const APIS = ['alpha', 'beta']
const STAGES = ['dev', 'prod']
/** Content ids; both APIs use the same, so that nothing but the API's own name keeps them apart. */
const DEPLOYMENTS = ['1', '2', '3'].map((digit) => digit.repeat(20))
const CALLERS = ['ann', 'bob', 'cat']
const LANGUAGES = ['de', 'fr']
const TTL_SECONDS = 60
/** After this time nothing is served any more: the TTL and the longest stale window. */
const SERVED_SECONDS_MAX = TTL_SECONDS + 30
const WRONG_MAX = 20

/** What the backend writes into its answer: for whom it made it. */
interface Made {
  readonly api: string
  readonly stage: string
  readonly deployment: string
  readonly side: string
  readonly method: string
  readonly id: string
  readonly query: string | null
  readonly caller: string | null
  readonly language: string | null
  readonly epoch: number
  readonly atMs: number
  readonly tag: string
}

interface Request_ {
  readonly api: string
  readonly stage: string
  readonly method: (typeof METHODS)[number]
  readonly id: string
  readonly query: string | null
  readonly caller: string
  readonly language: string
  readonly draw: number
  readonly invalidates: boolean
}

interface Isolate {
  memory: CacheMemory
  /** The stages as this isolate knows them; it learns of changes late. */
  readonly stages: Map<string, StageDocument>
  /** When a request of this isolate last changed a path of a stage. */
  readonly changedAtMs: Map<string, number>
}

interface World {
  readonly chance: Chance
  readonly options: SimulationOptions
  readonly clock: { now: number }
  readonly stages: Map<string, StageDocument>
  readonly isolates: readonly Isolate[]
  readonly entries: Map<string, Bytes>
  readonly wrong: string[]
  deferred: Promise<unknown>[]
  reads: number
  hits: number
}

/** Runs the real request path on a world that flushes, deploys, draws canaries, purges, loses isolates, and has a store that lies. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const chance = seededChance(options.seed)
  const stages = new Map(APIS.flatMap((api) => STAGES.map((stage, index) => [`${api}/${stage}`, firstStage(api, stage, index)] as const)))
  const isolates = [1, 2, 3].map(() => ({ memory: createCacheMemory(200_000), stages: new Map(stages), changedAtMs: new Map<string, number>() }))
  const world: World = { chance, options, clock: { now: 1_700_000_000_000 }, stages, isolates, entries: new Map(), wrong: [], deferred: [], reads: 0, hits: 0 }
  while (world.reads < options.reads && world.wrong.length < (options.withoutPart === undefined && options.withoutChanges !== true ? WRONG_MAX : 1)) {
    if (chance.below(10) === 0) changeWorld(world)
    if (chance.below(20) === 0) await changeOne(world)
    await readSome(world)
  }
  await Promise.all(world.deferred)
  return { reads: world.reads, hits: world.hits, wrong: world.wrong }
}

async function readSome(world: World): Promise<void> {
  const { chance } = world
  const isolate = chance.pick(world.isolates)
  const first = requestOf(chance)
  const requests = Array.from({ length: 1 + chance.below(5) }, () => (chance.below(2) === 0 ? { ...first, draw: chance.below(100) / 100 } : requestOf(chance)))
  await Promise.all(requests.map((request) => readOne(world, isolate, request)))
  if (chance.below(3) === 0) {
    const waiting = world.deferred
    world.deferred = []
    await Promise.all(waiting)
  }
}

/** A PUT through one of the isolates, between two reads of its path: what the standards' policy stored of it before is outdated there. */
async function changeOne(world: World): Promise<void> {
  const { chance, clock } = world
  const isolate = chance.pick(world.isolates)
  const request = requestOf(chance)
  const stage = isolate.stages.get(`${request.api}/${request.stage}`)
  if (stage === undefined) return
  await readOne(world, isolate, request)
  const response = await handle(new Request(urlOf(request), { method: 'PUT', headers: { authorization: request.caller } }), worldPorts(world, isolate, stage, request.draw))
  await response.text()
  if (response.ok && stage.cachePolicy === 'rfc9111') isolate.changedAtMs.set(pathOf(request), clock.now)
  clock.now += 1
  await readOne(world, isolate, request)
}

const pathOf = ({ api, stage, method, id }: Request_): string => `${api}/${stage}/${method}/${id}`
const urlOf = (request: Request_): string => `http://gateway.test/${pathOf(request)}${request.query === null ? '' : `?q=${request.query}`}`

function requestOf(chance: Chance): Request_ {
  return {
    api: chance.pick(APIS),
    stage: chance.pick(STAGES),
    method: chance.pick(METHODS),
    id: chance.pick(['1', '2', '12', '1%2F2']),
    query: chance.pick([null, '', 'a', 'b', 'a&q=b']),
    caller: chance.pick(CALLERS),
    language: chance.pick(LANGUAGES),
    draw: chance.below(100) / 100,
    invalidates: chance.below(50) === 0,
  }
}

async function readOne(world: World, isolate: Isolate, request: Request_): Promise<void> {
  world.reads += 1
  const number = world.reads
  const stage = isolate.stages.get(`${request.api}/${request.stage}`)
  if (stage === undefined) throw new Error('no such stage')
  const url = urlOf(request)
  const headers = new Headers({ 'accept-language': request.language })
  if (request.method !== 'open') headers.set('authorization', request.caller)
  if (request.invalidates) headers.set('cache-control', 'no-cache')
  const response = await handle(new Request(url, { headers }), worldPorts(world, isolate, stage, request.draw))
  const text = await response.text()
  // The backend's own failures; anything else is a fault.
  if (response.status === 503) return
  if (response.status !== 200) {
    world.wrong.push(`read ${number}: status ${response.status} ${text}`)
    return
  }
  if (response.headers.has('age')) world.hits += 1
  const made = JSON.parse(text) as Made
  const changedAtMs = isolate.changedAtMs.get(pathOf(request)) ?? 0
  if (made.atMs < changedAtMs) world.wrong.push(`read ${number}: changed at ${changedAtMs} in ${text}`)
  for (const fault of faultsOf(world, stage, request, made)) world.wrong.push(`read ${number}: ${fault} in ${text}`)
}

function faultsOf(world: World, stage: StageDocument, request: Request_, made: Made): string[] {
  const canary = stage.canarySettings
  const isCanary = canary !== null && request.draw * 100 < canary.percentTraffic
  const expected: Partial<Made> = {
    api: request.api,
    stage: request.stage,
    deployment: isCanary ? canary.deploymentId : stage.deploymentId,
    side: isCanary ? 'canary' : 'base',
    method: request.method,
    id: request.id,
    query: request.query,
    ...(request.method === 'own' ? { caller: request.caller } : {}),
    ...(stage.cachePolicy === 'rfc9111' ? { language: request.language } : {}),
  }
  const faults = Object.entries(expected).filter(([name, value]) => made[name as keyof Made] !== value).map(([name, value]) => `${name} should be ${String(value)}`)
  if (made.epoch < stage.cacheEpoch) faults.push(`epoch should be ${stage.cacheEpoch}`)
  if (world.clock.now - made.atMs > SERVED_SECONDS_MAX * 1000) faults.push('older than anything may be')
  const isPurged = (purge: CachePurge): boolean => made.atMs < purge.atMs && (purge.kind === 'tag' ? purge.value === made.tag : purge.value === `${request.method}/{id}/GET`)
  if (stage.cachePurges.some(isPurged)) faults.push('purged')
  return faults
}

function changeWorld(world: World): void {
  const { chance, stages, clock } = world
  const name = chance.pick([...stages.keys()])
  const stage = stages.get(name)
  if (stage === undefined) return
  const change = changeStage(world, stage)
  if (change !== null) stages.set(name, { ...stage, ...change, revision: stage.revision + 1 })
  clock.now += chance.pick([0, 1, 1_000, 20_000, 61_000])
  for (const isolate of world.isolates) {
    if (chance.below(20) === 0) {
      isolate.memory = createCacheMemory(200_000)
      isolate.changedAtMs.clear()
    }
    if (chance.below(2) === 0) for (const [key, document] of stages) isolate.stages.set(key, document)
  }
}

function changeStage({ chance, clock }: World, stage: StageDocument): Partial<StageDocument> | null {
  switch (chance.below(7)) {
    case 0:
      return { cacheEpoch: stage.cacheEpoch + 1 }
    case 1:
      return { deploymentId: chance.pick(DEPLOYMENTS) as StageDocument['deploymentId'] }
    case 2:
    case 3:
      return { canarySettings: canaryOf(chance) }
    case 4:
      return { cachePurges: [...stage.cachePurges.slice(-5), { kind: 'tag', value: chance.pick(['t1', 't2']), atMs: clock.now }] }
    case 5:
      return { cachePurges: [...stage.cachePurges.slice(-5), { kind: 'method', value: `${chance.pick(METHODS)}/{id}/GET`, atMs: clock.now }] }
    default:
      return null
  }
}

function canaryOf(chance: Chance): StageDocument['canarySettings'] {
  if (chance.below(4) === 0) return null
  return {
    percentTraffic: chance.pick([10, 50, 90]),
    deploymentId: chance.pick(DEPLOYMENTS) as StageDocument['deploymentId'],
    stageVariableOverrides: { side: 'canary' },
    useStageCache: chance.below(5) > 0,
    stickiness: null,
  }
}

function firstStage(api: string, stageName: string, index: number): StageDocument {
  const setting = methodSettingSchema.parse({ cachingEnabled: true, cacheTtlInSeconds: TTL_SECONDS, requireAuthorizationForCacheControl: false })
  return stageOf({
    apiId: api as StageDocument['apiId'],
    stageName: stageName as StageDocument['stageName'],
    deploymentId: DEPLOYMENTS[0] as StageDocument['deploymentId'],
    cacheClusterEnabled: true,
    cachePolicy: index === 0 ? 'amazon' : 'rfc9111',
    variables: { side: 'base', stage: stageName },
    methodSettings: { '*/*': setting, 'shared/{id}/GET': { ...setting, shared: true } },
  })
}

const account = accountSchema.parse({ schema: 1 })
const access = accessOf()

function worldPorts(world: World, isolate: Isolate, stage: StageDocument, draw: number): Ports {
  const opened = openOnce(stage)
  const defer = (work: Promise<unknown>): void => void world.deferred.push(work.catch(() => null))
  return portsOf({
    rules: { stage: async () => opened, domain: async () => null, account: async () => account },
    upstream: { call: async (request) => ({ kind: 'answered', ...answer(world, request) }) },
    access,
    functions,
    cache: cacheOf(world, isolate, defer),
    clock: { nowMs: () => world.clock.now },
    chance: { random: () => draw, uuid: () => '00000000-0000-4000-8000-000000000001' },
    defer,
  })
}

const openedStages = new WeakMap<StageDocument, OpenStage>()

function openOnce(stage: StageDocument): OpenStage {
  const known = openedStages.get(stage)
  if (known !== undefined) return known
  const { canarySettings } = stage
  const canary = canarySettings === null ? null : deploymentFor(stage.apiId, canarySettings.deploymentId)
  const opened = openStage(stage, deploymentFor(stage.apiId, stage.deploymentId), canary)
  openedStages.set(stage, opened)
  return opened
}

function answer(world: World, request: UpstreamRequest): { readonly response: Response; readonly body: Bytes } {
  const { chance, clock } = world
  const url = new URL(request.url)
  const [, api = '', stage = '', deployment = '', side = '', method = '', ...id] = url.pathname.split('/')
  const made: Made = {
    api,
    stage,
    deployment,
    side,
    method,
    id: id.join('/'),
    query: url.search === '' ? null : url.search.slice('?q='.length),
    caller: request.headers.get('authorization'),
    language: request.headers.get('accept-language'),
    epoch: world.stages.get(`${api}/${stage}`)?.cacheEpoch ?? 0,
    atMs: clock.now,
    tag: chance.pick(['t1', 't2']),
  }
  const headers = new Headers({ 'cache-control': chance.pick(CACHE_CONTROLS), vary: 'Accept-Language', 'cache-tag': made.tag, 'content-type': 'application/json' })
  if (chance.below(20) === 0) headers.set('set-cookie', 'a=b')
  const status = chance.below(25) === 0 ? 503 : 200
  return { response: new Response(null, { status, headers }), body: new Uint8Array(new TextEncoder().encode(JSON.stringify(made))) }
}

const CACHE_CONTROLS = ['public, max-age=60', 'public, max-age=20, stale-while-revalidate=30, stale-if-error=60', 's-maxage=60', 'private', 'public, max-age=5']

function cacheOf(world: World, { memory }: Isolate, defer: (work: Promise<unknown>) => void): Cache {
  const { chance, entries } = world
  const cache = createCache({
    memory,
    store: {
      async get(name) {
        if (chance.below(50) === 0) throw new Error('KV is down')
        if (chance.below(50) === 0) return entries.size === 0 ? null : chance.pick([...entries.values()])
        return entries.get(name) ?? null
      },
      async put(name, bytes) {
        if (chance.below(50) === 0) throw new Error('KV is down')
        if (entries.size > 500) entries.clear()
        entries.set(name, bytes)
      },
      async delete(name) {
        entries.delete(name)
      },
    },
    sealer: createSealer(() => [], memory.stageKeys),
    books: { report: async () => ({ changed: [], changesSeen: 0, floorMs: 0 }), join: async () => ({ kind: 'alone' }), finish: async () => undefined },
    nowMs: () => world.clock.now,
    defer,
    warn: () => undefined,
  })
  if (world.options.withoutChanges === true) return { ...cache, isOutdated: () => false }
  return world.options.withoutPart === undefined ? cache : withoutPart(cache, world.options.withoutPart)
}

/** The same cache, whose key lacks one part: what the simulation must notice. */
function withoutPart(cache: Cache, index: number): Cache {
  const blind = (place: CachePlace): CachePlace => ({ ...place, key: dropPart(place.key, index) as CacheKey })
  return {
    ...cache,
    peek: (place) => cache.peek(blind(place)),
    read: (place) => cache.read(blind(place)),
    take: (place) => cache.take(blind(place)),
    write: (place, entry) => cache.write(blind(place), entry),
    remove: (place) => cache.remove(blind(place)),
  }
}

/** Takes the part of a number out of a key: length, colon, text; or `-` for a part that is absent. */
function dropPart(key: string, index: number): string {
  if (key.startsWith('vary ')) {
    const length = Number.parseInt(key.slice(5), 10)
    const start = key.indexOf(':', 5) + 1
    const inner = dropPart(key.slice(start, start + length), index)
    return `vary ${inner.length}:${inner}${key.slice(start + length)}`
  }
  let start = 0
  for (let part = 0; ; part += 1) {
    const end = endOfPart(key, start)
    if (part === index) return key.slice(0, start) + key.slice(end)
    start = end
  }
}

function endOfPart(key: string, start: number): number {
  if (key[start] === '-') return start + 1
  if (key[start] === '#') {
    let end = key.indexOf(':', start) + 1
    for (let left = Number.parseInt(key.slice(start + 1), 10); left > 0; left -= 1) end = endOfPart(key, end)
    return end
  }
  return key.indexOf(':', start) + 1 + Number.parseInt(key.slice(start), 10)
}
