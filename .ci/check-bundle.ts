import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `node .ci/check-bundle.ts FOLDER BYTES`: a Worker's modules together, minified, against a ceiling. They grow with features; a jump means that something came in that does
 * not belong in the Worker.
 */
const [folder = '', ceiling] = process.argv.slice(2)
const bytesMax = Number(ceiling)
const bytes = readdirSync(folder)
  .filter((name) => name.endsWith('.js'))
  .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
console.log(`${folder}: ${bytes} bytes of at most ${bytesMax}`)
process.exitCode = bytes > 0 && bytes <= bytesMax ? 0 : 1
