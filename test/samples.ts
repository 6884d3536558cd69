import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Other people's test data: the folder STAGEDOOR_SAMPLES, or `shared/samples` beside the repository. */
export const samplesFolder = process.env['STAGEDOOR_SAMPLES'] ?? fileURLToPath(new URL('../../shared/samples', import.meta.url))

/** One file of the samples as JSON, or `undefined` (and a line that says so) where the folder is not there. */
export function readSample(path: string): unknown {
  const file = `${samplesFolder}/${path}`
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  console.log(`skipped: no sample ${path} (set STAGEDOOR_SAMPLES)`)
  return undefined
}
