import { DEFAULT_ACCOUNT } from '../../kv-schemas/defaults.ts'
import type { AccountDocument, DomainDocument } from '../../kv-schemas/documents/account.ts'
import type { StageDocument } from '../../kv-schemas/documents/stage.ts'
import type { ApiId, DeploymentId, StageName } from '../../kv-schemas/ids.ts'
import { accountKey, deploymentKey, DOCUMENT_SCHEMA, domainKey, stageKey } from '../../kv-schemas/keys.ts'
import { whenThere, type Awaitable } from '../awaitable.ts'
import { RulesUnavailable, type Rules } from '../ports.ts'
import { readDeploymentText } from '../semantics/compile/deployment-text.ts'
import { openSplitDeployment, type OpenDeployment } from '../semantics/compile/open-deployment.ts'
import { openStage, type OpenStage } from '../semantics/stages/open-stage.ts'
import { createFreshened, type Freshened } from './freshened.ts'

/** Bounds of what an isolate keeps, so that a scan over host names or paths can't fill it. */
const LIMITS = { deploymentsMax: 64, entriesMax: 2_000, kvTtlSecondsMin: 30, deploymentTtlSeconds: 86_400 } as const

/** Where documents are read from: KV, in the shape this adapter needs. */
export interface DocumentStore {
  read(key: string, cacheTtlSeconds: number): Promise<unknown>
  /** Deployments are read as text: most of it an isolate never looks at. */
  readText(key: string, cacheTtlSeconds: number): Promise<string | null>
}

/** What an isolate knows of the rules; one per isolate, shared by its requests. */
export interface RulesMemory {
  readonly stages: Freshened<OpenStage>
  readonly domains: Freshened<DomainDocument>
  readonly accounts: Freshened<AccountDocument>
  /** Opened deployments, oldest use first. */
  readonly deployments: Map<string, OpenDeployment>
}

/** Makes an empty memory. */
export function createRulesMemory(): RulesMemory {
  return {
    stages: createFreshened(LIMITS.entriesMax, (held, fresh) => fresh.document.revision >= held.document.revision),
    domains: createFreshened(LIMITS.entriesMax, () => true),
    accounts: createFreshened(1, () => true),
    deployments: new Map(),
  }
}

/** Settings of the reader, from the Worker's variables. */
export interface RulesOptions {
  readonly memory: RulesMemory
  readonly maxAgeMs: number
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
  /** Asks the source of truth for the JSON of a deployment that KV does not show yet; null when it does not know it either. */
  readonly askLedger: (apiId: ApiId, deploymentId: DeploymentId) => Promise<string | null>
}

/**
 * The rules as KV has them, kept in the isolate (design section 4): a document is used for `maxAgeMs`, then renewed behind the response; when KV fails or gives what
 * can't be read, the held one goes on serving; a stage never goes back to an earlier revision.
 */
export function createKvRules(store: DocumentStore, options: RulesOptions): Rules {
  const read = createDocumentReader(store)
  const domainOf = (name: string): Awaitable<DomainDocument | null> => options.memory.domains.get(name, async () => (await read(domainKey(name))) as DomainDocument | null, options)
  return {
    stage: (apiId, stageName) => options.memory.stages.get(`${apiId}/${stageName}`, () => readStage(apiId, stageName, read, store, options), options),
    domain(host) {
      return whenThere(domainOf(host), (exact) => (exact === null && host.includes('.') ? domainOf(`*${host.slice(host.indexOf('.'))}`) : exact))
    },
    account() {
      const account = options.memory.accounts.get('account', async () => (await read(accountKey())) as AccountDocument | null, options)
      return whenThere(account, (held) => held ?? DEFAULT_ACCOUNT)
    },
  }
}

/** Reads documents that change, as fresh as KV allows; throws for one that this gateway can't read. */
export function createDocumentReader(store: DocumentStore): (key: string) => Promise<unknown> {
  return async (key) => {
    const document = await store.read(key, LIMITS.kvTtlSecondsMin)
    if (document !== null) checkVersion(key, document)
    return document
  }
}

async function readStage(
  apiId: ApiId,
  stageName: StageName,
  read: (key: string) => Promise<unknown>,
  store: DocumentStore,
  options: RulesOptions,
): Promise<OpenStage | null> {
  const document = (await read(stageKey(apiId, stageName))) as StageDocument | null
  if (document === null) return null
  const deployment = await readDeployment(apiId, document.deploymentId, store, options)
  const { canarySettings } = document
  const canary = canarySettings === null ? null : await readDeployment(apiId, canarySettings.deploymentId, store, options)
  return openStage(document, deployment, canary)
}

async function readDeployment(apiId: ApiId, deploymentId: DeploymentId, store: DocumentStore, options: RulesOptions): Promise<OpenDeployment> {
  const key = deploymentKey(apiId, deploymentId)
  const { deployments } = options.memory
  const held = deployments.get(key)
  if (held !== undefined) {
    deployments.delete(key)
    deployments.set(key, held)
    return held
  }
  const text = (await store.readText(key, LIMITS.deploymentTtlSeconds)) ?? (await options.askLedger(apiId, deploymentId))
  if (text === null) throw new RulesUnavailable(`${key} is in neither KV nor the Ledger`)
  const deployment = readDeploymentText(text)
  checkVersion(key, deployment.head)
  const opened = openSplitDeployment(deployment)
  deployments.set(key, opened)
  const [oldest] = deployments.keys()
  if (deployments.size > LIMITS.deploymentsMax && oldest !== undefined) deployments.delete(oldest)
  return opened
}

function checkVersion(key: string, document: unknown): void {
  const version = typeof document === 'object' && document !== null && 'schema' in document ? document.schema : undefined
  if (version !== DOCUMENT_SCHEMA) throw new RulesUnavailable(`${key} has schema ${String(version)}; this gateway reads ${DOCUMENT_SCHEMA}`)
}
