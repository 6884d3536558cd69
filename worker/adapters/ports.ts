import { waitUntil } from 'cloudflare:workers'
import type { ApiId, DeploymentId, StageName } from '../../kv-schemas/ids.ts'
import { apiLedgerName } from '../../kv-schemas/keys.ts'
import type { Ports, ResilienceState, Rules, Services, UpstreamRequest } from '../ports.ts'
import type { Env } from './env.ts'
import { callAws, type AwsCallerOptions } from './aws/aws-caller.ts'
import { readAwsEnvironment, type AwsEnvironment } from './aws/environment.ts'
import type { RoleMemory } from './aws/role-credentials.ts'
import { createCacheMemory } from './cache/cache-memory.ts'
import { createCacheOf } from './cache/create-cache.ts'
import { createAccess, createAccessMemory, findSecret, type AccessOptions } from './access.ts'
import { createLimits, createLimitsMemory } from './limits/limits.ts'
import { createFunctions } from './functions.ts'
import { createFetchUpstream } from './fetch-upstream.ts'
import { answerStatesCall, type StateMachinesOptions } from './state-machines.ts'
import { createResilience } from './resilience.ts'
import { createDocumentReader, createKvRules, createRulesMemory, type DocumentStore } from './kv-rules.ts'

/** What this isolate remembers between requests. Values only. */
const memory = { rules: createRulesMemory(), roles: new Map() satisfies RoleMemory, resilience: new Map<string, ResilienceState>(), cache: createCacheMemory(), access: createAccessMemory(), limits: createLimitsMemory() }
const resilience = createResilience(memory.resilience)
const clock = { nowMs: () => Date.now() }
const chance = { random: () => Math.random(), uuid: () => crypto.randomUUID() }
const log = { write: (line: Readonly<Record<string, unknown>>) => console.log(JSON.stringify(line)) }

/** Work after the answer belongs to the request that is being served: the runtime knows which one that is. */
function defer(work: Promise<unknown>): void {
  waitUntil(work.catch((error: unknown) => log.write({ level: 'error', message: 'deferred work failed', cause: String(error) })))
}

const opened = new WeakMap<Env, Ports>()

/** The ports over the Worker's bindings. They are made at the isolate's first request and serve all that follow: nothing in them belongs to one request. */
export function portsOf(env: Env): Ports {
  const held = opened.get(env)
  if (held !== undefined) return held
  const ports = createPorts(env)
  opened.set(env, ports)
  return ports
}

function createPorts(env: Env): Ports {
  const store: DocumentStore = {
    read: (key, cacheTtl) => env.RULES.get(key, { type: 'json', cacheTtl }),
    readText: (key, cacheTtl) => env.RULES.get(key, { type: 'text', cacheTtl }),
  }
  const maxAgeMs = Number(env.RULES_MAX_AGE_SECONDS) * 1000
  const rules = createKvRules(
    store,
    {
      memory: memory.rules,
      maxAgeMs,
      nowMs: clock.nowMs,
      defer,
      askLedger: (apiId, deploymentId) => askLedger(env, apiId, deploymentId),
    },
  )
  const upstream = createFetchUpstream(env)
  const send = (request: UpstreamRequest) => upstream.call(request)
  const environment = readAwsEnvironment(env)
  const accessOptions: AccessOptions = {
    memory: memory.access,
    read: createDocumentReader(store),
    maxAgeMs,
    nowMs: clock.nowMs,
    defer,
    upstream,
    credentialsKey: env.CREDENTIALS_KEY ?? null,
    cognitoEndpoint: environment.endpointOf('COGNITO_IDENTITY_PROVIDER'),
  }
  const aws: AwsCallerOptions = { environment, roles: memory.roles, nowMs: clock.nowMs, send, secretOf: (accessKeyId) => findSecret(accessKeyId, accessOptions) }
  const services: Services = {
    async call(call) {
      const embedded = call.request.address.service.endpointId === 'SFN' ? await answerStatesCall(call, toStatesOptions(env, rules, environment)) : null
      return embedded ?? callAws(call, aws)
    },
  }
  const functions = createFunctions({ env, account: () => rules.account(), send, aws: (call) => services.call(call) })
  const cache = createCacheOf(env, { memory: memory.cache, nowMs: clock.nowMs, defer, log })
  const access = createAccess(accessOptions)
  const limits = createLimits({ memory: memory.limits, buckets: env.TOKEN_BUCKET, quotas: env.QUOTA_COUNTER, nowMs: clock.nowMs, defer })
  return { rules, access, upstream, functions, services, resilience, cache, limits, clock, chance, log, names: { executeApiDomain: env.EXECUTE_API_DOMAIN }, defer }
}

/** A pointer may reach this city before its deployment does, because KV remembers a miss: the Ledger has every deployment (design section 4). */
function askLedger(env: Env, apiId: ApiId, deploymentId: DeploymentId): Promise<string | null> {
  return env.LEDGER.getByName(apiLedgerName(apiId)).readDeployment(deploymentId)
}

function toStatesOptions(env: Env, rules: Rules, environment: AwsEnvironment): StateMachinesOptions {
  const reachesAmazon = environment.credentials !== null || environment.endpointOf('SFN') !== null
  return { env, executions: env.EXECUTION, account: () => rules.account(), reachesAmazon }
}

/** Makes a flush hold in this isolate at once; the others learn of it with the rules. */
export function flushInIsolate(apiId: ApiId, stageName: StageName, cacheEpoch: number): void {
  memory.cache.flushed.set(`${apiId}/${stageName}`, cacheEpoch)
}
