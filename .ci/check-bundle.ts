import { statSync } from 'node:fs'

/** The Worker's size unminified. It grows with features; a jump means that something came in that does not belong in a request. */
const BUNDLE_BYTES_MAX = 2_000_000

const file = process.argv[2] ?? ''
const bytes = statSync(file).size
console.log(`${file}: ${bytes} bytes of at most ${BUNDLE_BYTES_MAX}`)
process.exitCode = bytes <= BUNDLE_BYTES_MAX ? 0 : 1
