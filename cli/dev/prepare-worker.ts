import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import process from 'node:process'
import type { V4WorkerOptions } from 'miniflare'
import type * as wranglerPackage from 'wrangler'
import { bundleWithSources } from './bundle-worker.ts'
import { createKeptFiles } from './kept-files.ts'

/** What miniflare runs a Worker by. */
export type WorkerOptions = V4WorkerOptions & { name: string }

/** A Worker that is ready to run, and the port that the `[dev]` section of its wrangler.toml asks for. */
export interface PreparedWorker {
  readonly worker: WorkerOptions
  readonly port: number | null
}

/** Where a Worker is. */
export interface WorkerSource {
  /** Its wrangler.toml. */
  readonly config: string
  /** The source of its main module where the file's `main` is itself a bundle; it runs minified, then, as it is deployed. */
  readonly entry?: string
}

const PROJECT = join(import.meta.dirname, '..', '..')
const require = createRequire(import.meta.url)

/** Files beside a wrangler.toml that may hold secrets: what was read from them is not kept. */
const SECRET_FILES = ['.dev.vars', '.env', '.env.local']

/**
 * Reads a Worker from its wrangler.toml and bundles it. What came of it is kept in `.stagedoor/`, and used again while no file that it was made of has changed: loading
 * wrangler and bundling take longer than all else of a start.
 */
export async function prepareWorker(source: WorkerSource): Promise<PreparedWorker> {
  const folder = dirname(source.config)
  const kept = createKeptFiles<PreparedWorker>(join(PROJECT, '.stagedoor', 'workers'), [source.config, source.entry, wranglerVariables()])
  const known = await kept.read()
  if (known !== null) return known
  const startedAtMs = Date.now()
  const { prepared, sources } = await readWorker(source)
  await kept.write(prepared, {
    sources: [...sources, source.config, require.resolve('wrangler/package.json'), join(PROJECT, 'package-lock.json')],
    startedAtMs,
    absent: SECRET_FILES.map((name) => join(folder, name)),
  })
  return prepared
}

async function readWorker({ config, entry }: WorkerSource): Promise<{ readonly prepared: PreparedWorker; readonly sources: readonly string[] }> {
  // esbuild works in a process of its own while wrangler is loaded here.
  const [bundled, read] = await Promise.all([entry === undefined ? null : bundleWithSources(entry, { isMinified: true }), readConfig(config)])
  const { code, sources } = bundled ?? (await bundleWithSources(read.main))
  const modules = code.map(({ name: path, contents }) => ({ type: 'ESModule' as const, path, contents }))
  return { prepared: { worker: { ...read.options, name: read.name, modules }, port: read.port }, sources }
}

/** What a wrangler.toml says. */
interface ReadConfig {
  readonly name: string
  /** Without the code. */
  readonly options: ReturnType<typeof wranglerPackage.unstable_getMiniflareWorkerOptions>['workerOptions']
  readonly port: number | null
  /** The main module, absolute. */
  readonly main: string
}

async function readConfig(config: string): Promise<ReadConfig> {
  // Loaded when it is needed, and as the CommonJS that it is: for an import, Node would first search all of its source for the marks of a module.
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = require('wrangler') as typeof wranglerPackage
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(config)
  const { name, dev } = unstable_readConfig({ config })
  if (main === undefined || name === undefined) throw new Error(`${relative(process.cwd(), config)} needs "name" and "main"`)
  return { name, options: workerOptions, port: dev.port ?? null, main: resolve(dirname(config), main) }
}

/** The variables of the environment that change how wrangler reads a file. */
function wranglerVariables(): readonly (readonly [string, string | undefined])[] {
  return Object.entries(process.env)
    .filter(([name]) => /^(?:CLOUDFLARE|CF|WRANGLER)_/u.test(name))
    .toSorted(([one], [other]) => one.localeCompare(other))
}
