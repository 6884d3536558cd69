import { build } from 'esbuild'

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
    external: ['cloudflare:*', 'node:*'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const [output] = result.outputFiles
  if (output === undefined) throw new Error(`${entryPoint} gave no output`)
  return output.text
}
