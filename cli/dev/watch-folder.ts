import { watch } from 'node:fs'

/** Editors write a file in several steps; what changes within this time is one change. */
const SETTLE_MS = 100

/** Calls back when something in a folder changed, once it has settled and never twice at a time; gives a function that stops it. */
export function watchFolder(directory: string, onChange: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | null = null
  let running = Promise.resolve()
  const watcher = watch(directory, { recursive: true }, () => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      running = running.then(onChange)
    }, SETTLE_MS)
  })
  return () => {
    if (timer !== null) clearTimeout(timer)
    watcher.close()
  }
}
