import { createCacheOf } from '../../worker/adapters/cache/create-cache.ts'
import { createCacheMemory } from '../../worker/adapters/cache/cache-memory.ts'
import type { Env } from '../../worker/adapters/env.ts'
import { portsOf } from '../../worker/adapters/ports.ts'
import { handle } from '../../worker/gateway/handle.ts'

/** The gateway whose isolate holds no cached answer, so that each hit comes from KV. */
export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const ports = portsOf(env)
    const cache = createCacheOf(env, { memory: createCacheMemory(0), nowMs: () => ports.clock.nowMs(), defer: (work) => ports.defer(work), log: ports.log })
    return handle(request, { ...ports, cache })
  },
}

export { CacheIndex } from '../../worker/objects/cache-index.ts'
