import { builtinModules } from 'node:module'
import { join, relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'

/** The source of the gateway's main module. */
export const GATEWAY_ENTRY = join(import.meta.dirname, '..', '..', 'worker', 'index.ts')

/** One ES module of a bundled Worker. Its name is a file's, relative to the main module. */
export interface WorkerModule {
  readonly name: string
  readonly contents: string
  readonly sourceMap?: string
}

/** A bundled Worker: its main module first, then those that it loads later. */
export type WorkerCode = readonly [WorkerModule, ...WorkerModule[]]

/** What a bundle is like: readable and without source maps unless said. */
export interface BundleOptions {
  readonly isMinified?: boolean
  readonly hasSourceMaps?: boolean
}

/**
 * Bundles a Worker, the platform's own modules left out. What waits behind an `import()` comes as modules of its own: in one module esbuild would wrap whatever both
 * sides share in functions, and each isolate would compile it twice, and all of zod with it. Throws with esbuild's message.
 */
export async function bundleWorker(entryPoint: string, options: BundleOptions = {}): Promise<WorkerCode> {
  return (await bundleWithSources(entryPoint, options)).code
}

/** A bundled Worker, and every file that it was made of. */
export async function bundleWithSources(entryPoint: string, { isMinified = false, hasSourceMaps = false }: BundleOptions = {}): Promise<{ readonly code: WorkerCode; readonly sources: readonly string[] }> {
  // Most starts bundle nothing.
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: { index: entryPoint },
    bundle: true,
    splitting: true,
    minify: isMinified,
    sourcemap: hasSourceMaps ? 'linked' : false,
    write: false,
    metafile: true,
    outdir: OUT,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['browser', 'module', 'main'],
    external: ['cloudflare:*'],
    plugins: [nodeModules],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const texts = new Map(result.outputFiles.map(({ path, text }) => [relative(OUT, path), text]))
  const modules = [...texts].filter(([name]) => name.endsWith('.js')).map(([name, contents]) => ({ name, contents, ...withSourceMap(texts.get(`${name}.map`)) }))
  const main = modules.find(({ name }) => name === 'index.js')
  if (main === undefined) throw new Error(`${entryPoint} gave no output`)
  return { code: [main, ...modules.filter((module) => module !== main)], sources: Object.keys(result.metafile.inputs).map((path) => resolve(path)) }
}

function withSourceMap(sourceMap: string | undefined): { readonly sourceMap?: string } {
  return sourceMap === undefined ? {} : { sourceMap }
}

/** Where the modules would be, were they written. */
const OUT = '/bundle'

const BUILTINS = new Set(builtinModules)

/**
 * Modules of Node.js, which a Worker with `nodejs_compat` has by their full names: `http` means `node:http`, as libraries for Node.js write it. An ES module may import them;
 * a `require` of one has no meaning there, and asks the process instead.
 */
const nodeModules: Plugin = {
  name: 'modules of Node.js',
  setup(builder) {
    builder.onResolve({ filter: /^(?:node:)?[a-z_/0-9]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/u, '')
      if (!path.startsWith('node:') && !BUILTINS.has(name)) return null
      return kind === 'require-call' ? { path: `node:${name}`, namespace: 'required' } : { path: `node:${name}`, external: true }
    })
    builder.onLoad({ filter: /^node:/, namespace: 'required' }, ({ path }) => ({ contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`, loader: 'js' }))
  },
}
