import { createCacheOf } from '../../worker/adapters/cache/create-cache.ts'
import { createCacheMemory } from '../../worker/adapters/cache/cache-memory.ts'
import type { Env } from '../../worker/adapters/env.ts'
import { createPorts } from '../../worker/adapters/ports.ts'
import { handle } from '../../worker/gateway/handle.ts'

/** The gateway whose isolate holds no cached answer, so that each hit comes from KV. */
export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const ports = createPorts(env, context)
    const cache = createCacheOf(env, { memory: createCacheMemory(0), nowMs: () => ports.clock.nowMs(), defer: (work) => ports.defer(work), log: ports.log })
    return handle(request, { ...ports, cache })
  },
}

export { CacheIndex } from '../../worker/objects/cache-index.ts'
