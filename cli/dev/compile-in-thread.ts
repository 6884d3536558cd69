import { parentPort, workerData } from 'node:worker_threads'
import { PROJECT_SHELF, readKeptRules } from './kept-rules.ts'
import { atRevision } from './publication.ts'
import type { RulesSource } from './rules-thread.ts'

/** What `startRulesThread` runs: compiles the folder whenever it is asked to. */
const source = workerData as RulesSource

// Later than those of any earlier process: what a folder keeps (--persist-to) has revisions as well, and isolates never go back.
let revision = Date.now()

parentPort?.on('message', () => void answer())

async function answer(): Promise<void> {
  // The compiler takes long to load, and rules that were kept don't need it.
  const { rules, keep } = await readKeptRules(source.directory, PROJECT_SHELF, async () => (await import('./compile-folder.ts')).compileFolder(source))
  revision += 1
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(atRevision(rules, revision))
  await keep()
}
