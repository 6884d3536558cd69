import { DurableObject } from 'cloudflare:workers'
import type { ApiId, DeploymentId, StageName } from '../../kv-schemas/ids.ts'
import { apiLedgerName, isDeploymentKey, stageKey } from '../../kv-schemas/keys.ts'
import type { Env } from '../adapters/env.ts'
import { audit, listAudit, type AuditEntry, type By, type Page } from './ledger/audit.ts'
import { createTables, type Book } from './ledger/book.ts'
import { changeStage, removeDeployment, removeStage, type Reply, type StageWrite, type StageWritten } from './ledger/change-stage.ts'
import type { StageCommand } from './ledger/commands.ts'
import { findDeployment, listDeployments, parseDeployment, purgeDeployments, readDeployment, type DeploymentEntry } from './ledger/deployments.ts'
import { listDocuments, readDocument, writeDocuments, type AccountDocumentEntry, type DocumentWrite } from './ledger/documents.ts'
import { readDraft, readFiles, type Draft, type RuleFile } from './ledger/drafts.ts'
import { isPublished } from './ledger/outbox.ts'
import { createPublisher, type KeyValueStore, type Publisher } from './ledger/publisher.ts'
import { forgetApi, listApis, readJournal, type Push, type Pushed } from './ledger/push-account.ts'
import { applyPush, planPush, type ApiPush, type PushedApi } from './ledger/push-api.ts'
import { createPusher, type Pusher } from './ledger/pusher.ts'
import { advanceRamps, noGuard } from './ledger/ramps.ts'
import { listRevisions, listStages, readRevision, readStage, type RevisionEntry } from './ledger/stages.ts'
import { removeApi } from './ledger/remove-api.ts'
import { nextWakeMs } from './ledger/wake.ts'
import { writeDeploymentText } from '../semantics/compile/deployment-text.ts'
import type { DocumentKind } from '../semantics/rules/rule-documents.ts'
import type { StageRecord } from '../semantics/stages/stage-record.ts'

/** A stage after a write, and whether KV has it already: KV takes one write a second to a key, so a second change in a row comes a moment later. */
export interface StageWrittenAndSent extends StageWritten {
  readonly isPublished: boolean
}

/** An API as its Ledger knows it. */
export interface ApiOverview {
  readonly draft: Draft | null
  readonly stages: readonly StageRecord[]
}

/**
 * The source of truth: one object for each API (`api:<apiId>`) with its draft, deployments and stages, and one for the account (`account`) with what belongs to no
 * API. It does one thing at a time; each write is one transaction with its history, audit entry and letter to KV, and an alarm brings to KV what did not get there.
 */
export class Ledger extends DurableObject<Env> {
  readonly #book: Book
  readonly #publisher: Publisher
  readonly #pusher: Pusher

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    const { storage } = context
    this.#book = {
      sql: { exec: (query, ...bindings) => storage.sql.exec(query, ...bindings) },
      atomically: (work) => storage.transactionSync(work),
      nowMs: () => Date.now(),
    }
    createTables(this.#book)
    this.#publisher = createPublisher(this.#book, openStore(env.RULES), logFailure)
    this.#pusher = createPusher(this.#book, { plan: (push) => this.#ledgerOf(push.apiId).planApiPush(push), apply: (push) => this.#ledgerOf(push.apiId).applyApiPush(push) })
    // What an end of the process left behind goes on, whoever wakes the object first.
    void context.blockConcurrencyWhile(() => this.#schedule())
  }

  /** Changes a stage. */
  async changeStage(write: StageWrite, command: StageCommand): Promise<Reply<StageWrittenAndSent>> {
    const reply = await this.#write(() => changeStage(this.#book, write, command))
    return reply.ok ? { ok: true, value: { ...reply.value, isPublished: isPublished(this.#book, stageKey(write.apiId, write.stageName)) } } : reply
  }

  /** Deletes a stage. */
  removeStage(write: StageWrite): Promise<Reply<{ readonly revision: number }>> {
    return this.#write(() => removeStage(this.#book, write))
  }

  /** Deletes a deployment that no stage points at. */
  removeDeployment(write: { readonly apiId: ApiId; readonly deploymentId: DeploymentId; readonly by: By }): Promise<Reply<null>> {
    return this.#write(() => removeDeployment(this.#book, write))
  }

  /** Forgets an API without stages; the account's Ledger takes it off its list. */
  removeApi(apiId: ApiId, by: By): Promise<Reply<null>> {
    return this.#write(() => removeApi(this.#book, apiId, by))
  }

  /** The deployment's document as JSON; null when there is none. The data plane asks when KV does not show it yet. */
  async readDeployment(deploymentId: DeploymentId): Promise<string | null> {
    return readDeployment(this.#book, deploymentId)
  }

  /** Draft and stages. */
  async overview(): Promise<ApiOverview> {
    return { draft: readDraft(this.#book), stages: listStages(this.#book) }
  }

  /** The files of the draft. */
  async readFiles(): Promise<readonly RuleFile[]> {
    return readFiles(this.#book)
  }

  /** A stage; null when there is none. */
  async readStage(name: StageName): Promise<StageRecord | null> {
    return readStage(this.#book, name)
  }

  /** The history of a stage, newest first. */
  async listRevisions(name: StageName, page: Page): Promise<readonly RevisionEntry[]> {
    return listRevisions(this.#book, name, page)
  }

  /** One revision of a stage; null when there is none. */
  async readRevision(name: StageName, revision: number): Promise<RevisionEntry | null> {
    return readRevision(this.#book, name, revision)
  }

  /** Deployments, newest first. */
  async listDeployments(page: Page): Promise<readonly DeploymentEntry[]> {
    return listDeployments(this.#book, page)
  }

  /** One deployment of the list; null when there is none. */
  async findDeployment(deploymentId: DeploymentId): Promise<DeploymentEntry | null> {
    return findDeployment(this.#book, deploymentId)
  }

  /** The audit log, newest first. */
  async listAudit(page: Page): Promise<readonly AuditEntry[]> {
    return listAudit(this.#book, page)
  }

  /** Notes a write that was done elsewhere: to an object that keeps no audit log of its own. */
  async noteWrite(entry: Pick<AuditEntry, 'action' | 'target' | 'detail'>, by: By): Promise<void> {
    this.#book.atomically(() => audit(this.#book, by, entry))
  }

  /** What a push would do to this API. */
  async planApiPush(push: ApiPush): Promise<Reply<PushedApi>> {
    return planPush(this.#book, push)
  }

  /** Takes this API's part of a push. */
  applyApiPush(push: ApiPush): Promise<Reply<PushedApi>> {
    return this.#write(() => applyPush(this.#book, push))
  }

  /** What a push would do. On the account's Ledger. */
  planPush(push: Push): Promise<Reply<Pushed>> {
    return this.#pusher.plan(push)
  }

  /** Carries out a push. On the account's Ledger. */
  async push(push: Push): Promise<Reply<Pushed>> {
    try {
      return await this.#pusher.push(push)
    } finally {
      await this.#send()
    }
  }

  /** The APIs that were pushed. On the account's Ledger. */
  async listApis(): Promise<readonly ApiId[]> {
    return listApis(this.#book)
  }

  /** Takes an API off that list. On the account's Ledger. */
  forgetApi(apiId: ApiId, by: By): Promise<void> {
    return this.#write(() => this.#book.atomically(() => forgetApi(this.#book, apiId, by)))
  }

  /** Documents of a kind. On the account's Ledger. */
  async listDocuments(kind: DocumentKind): Promise<readonly AccountDocumentEntry[]> {
    return listDocuments(this.#book, kind)
  }

  /** A document; null when there is none. On the account's Ledger. */
  async readDocument(key: string): Promise<AccountDocumentEntry | null> {
    return readDocument(this.#book, key)
  }

  /** Writes documents of the account, with audit log and publishing; gives the keys that changed. On the account's Ledger. */
  writeDocuments(documents: DocumentWrite, by: By): Promise<readonly string[]> {
    return this.#write(() => this.#book.atomically(() => writeDocuments(this.#book, documents, by)))
  }

  override async alarm(): Promise<void> {
    const interrupted = readJournal(this.#book)
    if (interrupted !== null) await this.#pusher.resume()
    await advanceRamps(this.#book, noGuard)
    this.#book.atomically(() => purgeDeployments(this.#book))
    await this.#send()
  }

  /** Writes, and sets the alarm in the same turn: the platform keeps both or neither. Then KV, then the alarm for what is left. */
  async #write<Result>(work: () => Result): Promise<Result> {
    const result = work()
    void this.#schedule()
    await this.#send()
    return result
  }

  async #send(): Promise<void> {
    await this.#publisher.publish()
    await this.#schedule()
  }

  async #schedule(): Promise<void> {
    const at = nextWakeMs(this.#book)
    const { storage } = this.ctx
    if (at === null) await storage.deleteAlarm()
    else await storage.setAlarm(Math.max(at, Date.now() + ALARM_MS_MIN))
  }

  #ledgerOf(apiId: ApiId): DurableObjectStub<Ledger> {
    return this.env.LEDGER.getByName(apiLedgerName(apiId))
  }
}

/** An alarm is for what was left behind: it gives the running request time to send its letters itself. */
const ALARM_MS_MIN = 250

/** KV, as the data plane reads it: the books keep a deployment as JSON, KV in the form that an isolate reads in parts. */
function openStore(rules: KVNamespace): KeyValueStore {
  return {
    put: (key, value) => rules.put(key, isDeploymentKey(key) ? writeDeploymentText(parseDeployment(value)) : value),
    delete: (key) => rules.delete(key),
  }
}

function logFailure(key: string, cause: unknown): void {
  console.error(JSON.stringify({ level: 'error', message: 'KV did not take a document; it will be sent again', key, cause: cause instanceof Error ? cause.message : String(cause) }))
}
