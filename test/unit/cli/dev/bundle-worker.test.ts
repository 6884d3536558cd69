import { beforeAll, describe, expect, it } from 'vitest'
import { bundleWorker, GATEWAY_ENTRY, type WorkerCode } from '../../../../cli/dev/bundle-worker.ts'

let code: WorkerCode

beforeAll(async () => {
  code = await bundleWorker(GATEWAY_ENTRY)
})

/** The modules that are evaluated with one: it, and what it and they import, but for what waits behind an `import()`. */
function loadedWith(name: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(name)) return loaded
  loaded.add(name)
  for (const [, imported = ''] of contentsOf(name).matchAll(/^(?:import|\} from) ?(?:[^"\n]*from )?"\.\/([^"]+)"/gmu)) loadedWith(imported, loaded)
  return loaded
}

function contentsOf(name: string): string {
  return code.find((module) => module.name === name)?.contents ?? ''
}

describe('the bundle of the gateway', () => {
  it('begins with its main module, which exports the entrypoint and the objects', () => {
    expect(code[0].name).toBe('index.js')
    for (const name of ['Ledger', 'TokenBucket', 'QuotaCounter', 'CacheIndex', 'Execution', 'PrivateGateway']) expect(code[0].contents).toMatch(new RegExp(`^ {2}${name},?$`, 'mu'))
  })

  it('has the control plane, zod and YAML in modules that the main one does not load at its start', () => {
    const atStart = [...loadedWith('index.js')].map(contentsOf).join('\n')
    const later = code.map(({ name }) => name).filter((name) => !loadedWith('index.js').has(name)).map(contentsOf).join('\n')
    expect(atStart).toContain('// worker/gateway/handle.ts')
    for (const path of ['// worker/control/api.ts', '// node_modules/zod/', '// node_modules/yaml/']) {
      expect(atStart).not.toContain(path)
      expect(later).toContain(path)
    }
  })

  it("leaves out zod's messages in other languages", () => {
    expect(code.filter(({ contents }) => /node_modules\/zod\/v4\/locales\/(?!en\.js)/u.test(contents))).toEqual([])
  })
})
