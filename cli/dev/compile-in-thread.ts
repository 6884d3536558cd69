import { enableCompileCache } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { RulesSource } from './rules-thread.ts'

/** What `startRulesThread` runs: compiles the folder whenever it is asked to. */
enableCompileCache()
const { loadRules } = await import('../load-rules.ts')
const { directory, env, credentialsKey } = workerData as RulesSource

parentPort?.on('message', () => {
  void loadRules(directory, env, credentialsKey).then((loaded) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage(loaded)
  })
})
