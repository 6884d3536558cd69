import type { Env } from './adapters/env.ts'
import { app } from './app.ts'

export { CacheIndex } from './objects/cache-index.ts'
export { Execution } from './objects/execution.ts'
export { Ledger } from './objects/ledger.ts'
export { PrivateGateway } from './private-gateway.ts'
export { QuotaCounter } from './objects/quota-counter.ts'
export { TokenBucket } from './objects/token-bucket.ts'

/** The Workers entry: hands every request to the app. */
export default { fetch: app.fetch } satisfies ExportedHandler<Env>
