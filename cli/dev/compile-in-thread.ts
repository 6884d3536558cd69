import { parentPort, workerData } from 'node:worker_threads'
import { loadRules } from '../load-rules.ts'
import { preparePublication } from './publication.ts'
import type { RulesSource } from './rules-thread.ts'

/** What `startRulesThread` runs: compiles the folder whenever it is asked to. */
const { directory, env, credentialsKey } = workerData as RulesSource

// Later than those of any earlier process: what a folder keeps (--persist-to) has revisions as well, and isolates never go back.
let revision = Date.now()

parentPort?.on('message', () => {
  void loadRules(directory, env, credentialsKey).then((loaded) => {
    revision += 1
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage(preparePublication(loaded, revision))
  })
})
