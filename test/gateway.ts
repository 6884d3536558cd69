import { accountSchema } from '../kv-schemas/documents/account.ts'
import type { DeploymentDocument } from '../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../kv-schemas/documents/stage.ts'
import { handle } from '../worker/gateway/handle.ts'
import type { Cache, Limits, Ports, Resilience, ResilienceState, Rules, TakeBody, UpstreamOutcome, UpstreamRequest } from '../worker/ports.ts'
import { openDeployment } from '../worker/semantics/compile/open-deployment.ts'
import { openStage } from '../worker/semantics/stages/open-stage.ts'
import { accessOf } from './access.ts'
import { deploymentOf, stageOf, type Resources } from './documents.ts'

/** When every test happens: 12 June 2023, 18:05:10.123 UTC. */
export const NOW_MS = 1_686_593_110_123

/** A backend as a test writes it: a request in, an answer out. */
export type Backend = (request: UpstreamRequest) => Response | UpstreamOutcome | Promise<Response | UpstreamOutcome>

/** One API behind the real request path, at `http://gateway.test/test/dev`. */
export interface TestGateway {
  /** Asks for a path below the stage. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** What reached the backend, oldest first. */
  readonly sent: readonly UpstreamRequest[]
  /** The log lines, oldest first. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
}

/** How the API differs from the plain one, and what of the world a test needs. */
export interface TestOptions {
  readonly api?: Partial<DeploymentDocument>
  readonly stage?: Partial<StageDocument>
  readonly backend?: Backend
  /** Ports of the test's own, in place of those below. */
  readonly ports?: Partial<Ports>
}

/** Sets up the API; a port that the test does not give fails it when it is called. */
export function gatewayOf(resources: Resources, { api = {}, stage = {}, backend = missing('backend'), ports = {} }: TestOptions = {}): TestGateway {
  const sent: UpstreamRequest[] = []
  const lines: Readonly<Record<string, unknown>>[] = []
  const call = async (request: UpstreamRequest): Promise<UpstreamOutcome> => {
    sent.push(request)
    const outcome = await backend(request)
    return outcome instanceof Response ? answered(outcome, request.take ?? 'flowing') : outcome
  }
  const all = portsOf({ rules: rulesOf(deploymentOf(resources, api), stageOf(stage)), upstream: { call }, log: { write: (line) => void lines.push(line) }, ...ports })
  return { ask: (path, init) => handle(new Request(`http://gateway.test/test/dev${path}`, init), all), sent, lines }
}

/** The ports of a test: those that it gives, and for the others quiet ones, or such as fail when they are asked for what only the test can know. */
export function portsOf(ports: Pick<Ports, 'rules' | 'upstream'> & Partial<Ports>): Ports {
  return {
    access: accessOf(),
    functions: { invoke: missing('functions'), stream: missing('functions') },
    services: { call: missing('services') },
    resilience: resilienceOf(),
    cache: MISSING_CACHE,
    limits: UNLIMITED,
    clock: { nowMs: () => NOW_MS },
    chance: { random: () => 0.5, uuid: () => '00000000-0000-4000-8000-000000000001' },
    log: { write: () => undefined },
    names: { executeApiDomain: 'execute-api.test' },
    defer: () => undefined,
    ...ports,
  }
}

/** Limits that let everything through; a test of limits gives its own. */
const UNLIMITED: Limits = {
  take: (buckets) => buckets.map(({ limit }) => ({ kind: 'taken', remaining: limit.burstLimit - 1, isOwnShare: false })),
  useQuota: async () => ({ kind: 'counted' }),
  giveBackQuota: missing('limits.giveBackQuota'),
}

/** An answer as the real port gives it: its body whole when the call asks for that. */
async function answered(response: Response, take: TakeBody): Promise<UpstreamOutcome> {
  if (take === 'flowing' || take.beyond === 'flows' || response.body === null) return { kind: 'answered', response, body: response.body }
  return { kind: 'answered', response, body: new Uint8Array(await response.arrayBuffer()) }
}

/** The state of retries and circuit breakers; pauses take no time. */
function resilienceOf(): Resilience {
  const states = new Map<string, ResilienceState>()
  return { read: (key) => states.get(key), write: (key, state) => void states.set(key, state), pause: () => Promise.resolve() }
}

function rulesOf(document: DeploymentDocument, stage: StageDocument): Rules {
  const opened = openStage(stage, openDeployment(document), null)
  const account = accountSchema.parse({ schema: 1 })
  return {
    stage: (apiId, stageName) => Promise.resolve(apiId === document.apiId && stageName === stage.stageName ? opened : null),
    domain: () => Promise.resolve(null),
    account: () => Promise.resolve(account),
  }
}

const MISSING_CACHE: Cache = {
  epochOf: missing('cache'),
  peek: missing('cache'),
  read: missing('cache'),
  take: missing('cache'),
  write: missing('cache'),
  remove: missing('cache'),
  noteChanges: missing('cache'),
  isOutdated: missing('cache'),
  count: missing('cache'),
}

function missing(port: string): () => never {
  return () => {
    throw new Error(`the test has no ${port}`)
  }
}
