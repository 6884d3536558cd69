import type { Ledger } from '../objects/ledger.ts'

/** The bindings of the Worker, as wrangler.toml declares them. */
export interface Env {
  readonly RULES: KVNamespace
  readonly LEDGER: DurableObjectNamespace<Ledger>
  readonly EXECUTE_API_DOMAIN: string
  readonly RULES_MAX_AGE_SECONDS: string
  readonly CONTROL_HOSTS: string
  /** Secret: who may use the control API (kv-schemas/control-tokens.ts). */
  readonly CONTROL_TOKENS?: string
}
