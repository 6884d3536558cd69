import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleWorker, GATEWAY_ENTRY } from './dev/bundle-worker.ts'

/** Writes the gateway's modules, minified, to `dist/`. wrangler.toml has wrangler run this before it uploads them. */
const DIST = join(import.meta.dirname, '..', 'dist')

const modules = await bundleWorker(GATEWAY_ENTRY, { isMinified: true, hasSourceMaps: true })
await rm(DIST, { recursive: true, force: true })
await mkdir(DIST)
for (const { name, contents, sourceMap } of modules) {
  await writeFile(join(DIST, name), contents)
  if (sourceMap !== undefined) await writeFile(join(DIST, `${name}.map`), sourceMap)
}
