import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The gateway's modules together, minified. They grow with features; a jump means that something came in that does not belong in a Worker. */
const BUNDLE_BYTES_MAX = 1_000_000

const folder = process.argv[2] ?? ''
const bytes = readdirSync(folder)
  .filter((name) => name.endsWith('.js'))
  .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
console.log(`${folder}: ${bytes} bytes of at most ${BUNDLE_BYTES_MAX}`)
process.exitCode = bytes > 0 && bytes <= BUNDLE_BYTES_MAX ? 0 : 1
