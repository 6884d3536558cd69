import type { Env } from './adapters/env.ts'
import { answer } from './app.ts'

export { CacheIndex } from './objects/cache-index.ts'
export { Execution } from './objects/execution.ts'
export { Ledger } from './objects/ledger.ts'
export { PrivateGateway } from './private-gateway.ts'
export { QuotaCounter } from './objects/quota-counter.ts'
export { TokenBucket } from './objects/token-bucket.ts'

/** The Workers entry. */
export default { fetch: answer } satisfies ExportedHandler<Env>
