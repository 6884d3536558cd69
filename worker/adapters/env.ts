import type { CacheIndex } from '../objects/cache-index.ts'
import type { Execution } from '../objects/execution.ts'
import type { Ledger } from '../objects/ledger.ts'
import type { QuotaCounter } from '../objects/quota-counter.ts'
import type { TokenBucket } from '../objects/token-bucket.ts'

/** The bindings of the Worker, as wrangler.toml declares them. */
export interface Env {
  readonly RULES: KVNamespace
  readonly LEDGER: DurableObjectNamespace<Ledger>
  /** Entries of the response cache. */
  readonly CACHE: KVNamespace
  readonly CACHE_INDEX: DurableObjectNamespace<CacheIndex>
  /** Secret: encrypts cached answers where a stage asks for it (docs/caching.md). */
  readonly CACHE_ENCRYPTION_KEY?: string
  readonly EXECUTION: DurableObjectNamespace<Execution>
  readonly TOKEN_BUCKET: DurableObjectNamespace<TokenBucket>
  readonly QUOTA_COUNTER: DurableObjectNamespace<QuotaCounter>
  readonly EXECUTE_API_DOMAIN: string
  readonly RULES_MAX_AGE_SECONDS: string
  readonly CONTROL_HOSTS: string
  /** Secret: who may use the control API (kv-schemas/control-tokens.ts). */
  readonly CONTROL_TOKENS?: string
  /** Secret: what the secrets of credentials are sealed with (docs/security.md). */
  readonly CREDENTIALS_KEY?: string
}
