import type { ApiKeyDocument, CredentialDocument, UsagePlanDocument } from '../kv-schemas/documents/access.ts'
import type { AccountDocument, DomainDocument } from '../kv-schemas/documents/account.ts'
import type { StageDocument } from '../kv-schemas/documents/stage.ts'
import type { LinkTarget } from '../kv-schemas/rule-files/account.ts'
import type { ApiId, StageName } from '../kv-schemas/ids.ts'
import type { Awaitable } from './awaitable.ts'
import type { CacheKey } from './semantics/caching/cache-key.ts'
import type { FillEnd } from './semantics/caching/coalescing.ts'
import type { CachedAnswer, CacheEntry } from './semantics/caching/entry.ts'
import type { ServiceRequest } from './semantics/integrations/aws/service-request.ts'
import type { AwsIdentity, FunctionCall, FunctionOutcome, FunctionStreamOutcome } from './semantics/integrations/functions/function-call.ts'
import type { KeySource, UserPool } from './semantics/authorizers/jwt/issuer.ts'
import type { KeySet } from './semantics/authorizers/jwt/key-set.ts'
import type { ImportedKeys, ProvenToken } from './semantics/authorizers/jwt/verify-token.ts'
import type { GrantCache } from './semantics/authorizers/lambda/result-cache.ts'
import type { Recent } from './semantics/authorizers/recent.ts'
import type { CredentialScope } from './semantics/authorizers/sigv4/signing-key.ts'
import type { SigningCredential } from './semantics/authorizers/sigv4/verify-signature.ts'
import type { PrivateNetwork } from './semantics/policy/request-context.ts'
import type { Policy } from './semantics/policy/compile-policy.ts'
import type { CircuitState } from './semantics/integrations/resilience/circuit-breaker.ts'
import type { RetryBudget } from './semantics/integrations/resilience/retries.ts'
import type { OpenStage } from './semantics/stages/open-stage.ts'
import type { Bucket } from './semantics/throttling/buckets-of.ts'
import type { Quota } from './semantics/throttling/quota.ts'

/** The rules that the control plane published. Every member answers from memory when it can (docs/architecture.md, "How rules reach a request"). */
export interface Rules {
  /** The stage with its deployments opened; null when there is no such stage. Throws `RulesUnavailable` when neither KV nor memory has an answer. */
  stage(apiId: ApiId, stageName: StageName): Awaitable<OpenStage | null>
  /** The custom domain that serves a host: the exact name, or the wildcard of its first label; null when there is none. */
  domain(host: string): Awaitable<DomainDocument | null>
  /** The account, with Amazon's defaults when none was published. */
  account(): Awaitable<AccountDocument>
}

/** The rules can't be read and none are in memory: the gateway answers 503 with Retry-After. */
export class RulesUnavailable {
  readonly note: string

  constructor(note: string) {
    this.note = note
  }
}

/** Bytes that a Request or Response takes as they are. */
export type Bytes = Uint8Array<ArrayBuffer>

/** A body on its way: whole, or streaming, or none. */
export type Body = Bytes | ReadableStream<Uint8Array> | string | null

/** A request to a backend, as it goes on the wire. */
export interface UpstreamRequest {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: Body
  /** How long to wait, in milliseconds: for the headers of a flowing answer, for the last byte of a whole one. */
  readonly timeoutMs: number
  /** How the answer's body is taken; flowing when absent. */
  readonly take?: TakeBody | undefined
  /** For a flowing answer: how long its body may stand still, and how long it may take in all, in milliseconds; no bound when absent. */
  readonly idleMs?: number | undefined
  readonly totalMs?: number | undefined
  /** Told when a flowing body breaks off after its headers were handed on; `cause` is for the log. */
  readonly onBroken?: ((cause: string) => void) | undefined
  /** Gives the call up when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** The VPC link that leads to the backend; the internet when absent. The URL then gives path and host header only (aws-rest 6.6). */
  readonly link?: LinkTarget | undefined
}

/**
 * How a body is taken. `flowing`: handed on at the headers. Otherwise awaited whole, up to so many bytes; beyond them the call fails, or, with `flows`, only bodies
 * that declare a length within the bound are awaited and all others flow.
 */
export type TakeBody = 'flowing' | { readonly wholeUpToBytes: number; readonly beyond: 'fails' | 'flows' }

/**
 * What came of a call. A redirect counts as an answer; it is never followed. `cause` is for the log.
 * `unreachable` is everything from a name that does not resolve to a body that breaks off; `untrusted` a TLS handshake that failed.
 */
export type UpstreamOutcome =
  /** `body` is what was taken: bytes when it was awaited whole (the response then has none), else the response's own stream. */
  | { readonly kind: 'answered'; readonly response: Response; readonly body: Bytes | ReadableStream<Uint8Array> | null }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'unreachable'; readonly cause: string }
  | { readonly kind: 'untrusted'; readonly cause: string }
  | { readonly kind: 'too-large'; readonly cause: string }

/** Backends reached over HTTP. */
export interface Upstream {
  call(request: UpstreamRequest): Promise<UpstreamOutcome>
}

/** What came of a call of an AWS service; `no-credentials` means that it was never sent. */
export type ServiceOutcome = UpstreamOutcome | { readonly kind: 'no-credentials'; readonly cause: string }

/** A call of an AWS service. */
export interface ServiceCall {
  readonly request: ServiceRequest
  readonly identity: AwsIdentity
  readonly timeoutMs: number
  readonly take: TakeBody
}

/** AWS services, signed with SigV4 in the name that the call gives. Never throws. */
export interface Services {
  call(call: ServiceCall): Promise<ServiceOutcome>
}

/** What an isolate keeps of one integration that has rules of its own for failures. */
export interface ResilienceState {
  readonly budget: RetryBudget
  readonly circuit: CircuitState
}

/** State of retries and circuit breakers, and the pause before a retry. */
export interface Resilience {
  read(key: string): ResilienceState | undefined
  write(key: string, state: ResilienceState): void
  pause(ms: number): Promise<void>
}

/** Lambda functions: a Worker next door, a URL that speaks the Invoke API, or AWS, as `account.json` says. Never throws. */
export interface Functions {
  invoke(call: FunctionCall): Promise<FunctionOutcome>
  /** Calls by `response-streaming-invocations`; a failure after the first byte errors the stream. */
  stream(call: FunctionCall): Promise<FunctionStreamOutcome>
}

/** Where an answer stands in the response cache, and whose cache it is. */
export interface CachePlace {
  readonly key: CacheKey
  readonly stage: StageDocument
  /** As in `methodSettings`, for the books. */
  readonly methodKey: string
  /** The epoch that the key is of, for the books. */
  readonly cacheEpoch: number
  /** Whether the entry is encrypted where it leaves the isolate. */
  readonly isEncrypted: boolean
}

/** Who had an entry: this isolate, the shared store, or another request that just fetched it. */
export type CacheTier = 'memory' | 'kv' | 'fill'

/** An entry, and who had it. */
export interface CacheFound {
  readonly entry: CacheEntry
  readonly tier: CacheTier
}

/** What a fill gives to those who wait for it. `again`: look once more, the place turned out to be another. `nothing`: go alone. */
export type FillResult =
  | { readonly kind: 'answer'; readonly answer: CachedAnswer; readonly place: CachePlace }
  | { readonly kind: 'failed'; readonly cause: unknown }
  | { readonly kind: 'again' }
  | { readonly kind: 'nothing' }

/** The duty to fill a place while others may wait for it. Whoever takes it ends it, whatever happens. */
export interface CacheFill {
  /** Looks where the isolate itself can't: in the shared store, and at other isolates that fill the same place. Never throws. */
  look(): Promise<CacheFound | null>
  finish(result: FillResult, end: FillEnd): void
}

/** What a request does at a place without an answer. `wait` gives its result at the latest after the waiting limit. */
export type CacheTurn =
  | { readonly kind: 'fill'; readonly fill: CacheFill }
  | { readonly kind: 'wait'; readonly result: Promise<FillResult> }
  | { readonly kind: 'alone' }

/** The response cache. No member throws: a store that fails is a miss. */
export interface Cache {
  /** The epoch under which a stage's answers stand: what its document says, or a newer one that this isolate knows. */
  epochOf(stage: StageDocument): number
  /** What this isolate holds. Costs no I/O. */
  peek(place: CachePlace): CacheEntry | null
  /** What the shared store holds; the isolate keeps it. */
  read(place: CachePlace): Promise<CacheFound | null>
  take(place: CachePlace): CacheTurn
  /** Keeps an entry: in the isolate at once, in the shared store behind the answer. */
  write(place: CachePlace, entry: CacheEntry): void
  /** Forgets an entry: in the isolate at once, in the shared store behind the answer. */
  remove(place: CachePlace): void
  /** Notes that paths of a stage were changed: in the isolate at once, elsewhere with the books. */
  noteChanges(stage: StageDocument, paths: readonly string[]): void
  /** Whether a path of a stage was changed since this was asked for, as far as this isolate knows. */
  isOutdated(stage: StageDocument, path: string, requestedAtMs: number): boolean
  /** Counts a request for the stage's books, and how long it took until the cache knew. */
  count(stage: StageDocument, result: CacheTier | 'miss', latencyMs: number): void
}

/** Who holds an access key, and how to check what was signed with it. `unreadable` says what is wrong with the key's document or the environment, for the log. */
export type Signer =
  | { readonly kind: 'known'; readonly document: CredentialDocument; readonly credential: SigningCredential; readonly policies: readonly Policy[] }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreadable'; readonly cause: string }

/** The public keys of issuers, as this isolate knows them. */
export interface KeySets {
  /** What is known without asking; null when nothing is. */
  held(source: KeySource): KeySet | null
  /** Asks the issuer and gives what is known then. Never throws: an issuer that is down leaves what was known. */
  renew(source: KeySource): Promise<KeySet>
  /** The issuer of a user pool's tokens, in this environment. */
  userPoolIssuer(pool: UserPool): string
  /** A key of a set as the runtime verifies with it; prepared once and then kept. */
  readonly imported: ImportedKeys
}

/** Who may call: keys, plans, principals, and what was found out about callers before. The readers throw `RulesUnavailable` as `Rules` does. */
export interface Access {
  /** The API key whose value has this SHA-256; null when there is none. */
  apiKey(valueSha256: string): Awaitable<ApiKeyDocument | null>
  usagePlan(usagePlanId: string): Awaitable<UsagePlanDocument | null>
  /** The principal of an access key, with the signing key for one day, region and service. */
  signer(accessKeyId: string, scope: CredentialScope): Promise<Signer>
  readonly keySets: KeySets
  /** Tokens by what the client sent, in the memory of this isolate. Only the signature is proved for good: the claims are checked at every call. */
  readonly tokens: Recent<ProvenToken>
  /** The SHA-256 of API keys that were good, by their values, in the memory of this isolate. Whether a key still is good is asked at every call. */
  readonly apiKeyDigests: Recent<string>
  /** Results of Lambda authorizers, in the memory of this isolate. */
  readonly grants: GrantCache
}

/** What came of taking a token. `isOwnShare`: the bucket's object could not be reached, and the isolate decided by its own part of the limit; `cause` is for the log. */
export type TokenOutcome =
  | { readonly kind: 'taken'; readonly remaining: number; readonly isOwnShare: boolean; readonly cause?: string }
  | { readonly kind: 'refused'; readonly retryAfterMs: number; readonly isOwnShare: boolean; readonly cause?: string }

/** A request that counts against a key's quota; without a quota it is only counted. The id makes a repeated call count once. */
export interface QuotaCall {
  readonly usagePlanId: string
  readonly apiKeyId: string
  readonly requestId: string
  readonly quota: Quota | null
}

/** What came of counting. `day` is that of the unit, where the isolate took it from a lease. */
export type QuotaOutcome =
  | { readonly kind: 'counted'; readonly day?: string }
  | { readonly kind: 'used-up'; readonly allowance: number; readonly resetsInMs: number }
  | { readonly kind: 'unreachable'; readonly cause: string }

/** Token buckets and quotas, shared by all isolates as each limit's mode says. No member throws. */
export interface Limits {
  /**
   * Takes a token of each bucket, or of none: one outcome a bucket, in their order, up to the one that refused (a shadow's refusal stops nobody). Answers at once when
   * nothing has to be asked.
   */
  take(buckets: readonly Bucket[]): Awaitable<readonly TokenOutcome[]>
  /** Counts a request: at once when the isolate holds a unit of its quota. */
  useQuota(call: QuotaCall): Awaitable<QuotaOutcome>
  /** Takes a counted request off again (`outcome` is what its counting came to); behind the answer. */
  giveBackQuota(call: QuotaCall, outcome: QuotaOutcome): void
}

/** The clock, in milliseconds since 1970. On Workers it stands still between I/O. */
export interface Clock {
  nowMs(): number
}

/** Chance: numbers for draws, ids for requests. */
export interface Chance {
  /** Uniform in [0, 1). */
  random(): number
  /** A random UUID, lower case. */
  uuid(): string
}

/** Where log lines go. A line is one JSON object; writing never throws and never delays an answer. */
export interface Log {
  write(line: Readonly<Record<string, unknown>>): void
}

/** All that the data plane may ask of the world. */
export interface Ports {
  readonly rules: Rules
  readonly access: Access
  readonly upstream: Upstream
  readonly functions: Functions
  readonly services: Services
  readonly resilience: Resilience
  readonly cache: Cache
  readonly limits: Limits
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
  /** Names the gateway goes by: the domain of default hosts. */
  readonly names: { readonly executeApiDomain: string }
  /** The private network that the request came through: a binding to this Worker says it, no client can. Absent for what comes from the internet. */
  readonly privateNetwork?: PrivateNetwork
  /** Whether the client proved to be an operator who wants to see which deployment answers. */
  readonly reveals?: boolean
  /** Lets work go on after the answer; a failure of the work is logged, never thrown. */
  defer(work: Promise<unknown>): void
}
