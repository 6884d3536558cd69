import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { PreparedRules } from './publication.ts'

/** What the thread compiles. */
export interface RulesSource {
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly credentialsKey: string | undefined
}

/** A thread that compiles one rule folder, beside whatever this one does. */
export interface RulesThread {
  /** Reads and compiles the folder as it is now; one call at a time. */
  load(): Promise<PreparedRules>
  stop(): Promise<void>
}

/** Starts the thread. By itself it does not keep the process. */
export function startRulesThread(source: RulesSource): RulesThread {
  const worker = new Worker(new URL('./compile-in-thread.ts', import.meta.url), { workerData: source })
  worker.unref()
  return {
    async load() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage('load')
      // An error of the thread rejects this.
      const [loaded] = (await once(worker, 'message')) as [PreparedRules]
      return loaded
    },
    async stop() {
      await worker.terminate()
    },
  }
}
