import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'

/** Bundles a Worker the way `wrangler deploy` does: one ES module, the platform's own modules left out. Throws with esbuild's message. */
export async function bundleWorker(entryPoint: string): Promise<string> {
  const result = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['browser', 'module', 'main'],
    external: ['cloudflare:*'],
    plugins: [nodeModules],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const [output] = result.outputFiles
  if (output === undefined) throw new Error(`${entryPoint} gave no output`)
  return output.text
}

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
