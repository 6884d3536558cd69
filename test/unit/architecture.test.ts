import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = path.join(import.meta.dirname, '..', '..')

/** Who may import whom (docs/architecture.md): the first folder that a file stands in, and the folders it may reach. Packages are named where they may be used. */
const LAYERS: readonly { readonly folder: string; readonly mayReach: readonly string[]; readonly packages: readonly string[] }[] = [
  { folder: 'kv-schemas/json', mayReach: ['kv-schemas'], packages: ['zod', 'node:'] },
  { folder: 'kv-schemas', mayReach: ['kv-schemas'], packages: ['zod'] },
  { folder: 'worker/semantics', mayReach: ['kv-schemas', 'worker/semantics'], packages: ['zod', 'yaml', 'jose', '@cfworker/json-schema', 'aws4fetch'] },
  { folder: 'worker/awaitable.ts', mayReach: [], packages: [] },
  { folder: 'worker/ports.ts', mayReach: ['kv-schemas', 'worker/semantics', 'worker/awaitable.ts'], packages: [] },
  { folder: 'worker/gateway', mayReach: ['kv-schemas', 'worker/semantics', 'worker/awaitable.ts', 'worker/ports.ts', 'worker/gateway'], packages: [] },
  {
    folder: 'worker/adapters',
    mayReach: ['kv-schemas', 'worker/semantics', 'worker/awaitable.ts', 'worker/ports.ts', 'worker/adapters', 'worker/objects'],
    packages: ['aws4fetch', 'jose', 'cloudflare:'],
  },
  { folder: 'worker/objects', mayReach: ['kv-schemas', 'worker/semantics', 'worker/ports.ts', 'worker/objects', 'worker/adapters/env.ts'], packages: ['cloudflare:'] },
  {
    folder: 'worker/control',
    mayReach: ['kv-schemas', 'worker/semantics', 'worker/ports.ts', 'worker/control', 'worker/adapters', 'worker/objects'],
    packages: ['hono', 'zod', 'cloudflare:'],
  },
  { folder: 'worker/app.ts', mayReach: ['worker'], packages: [] },
  { folder: 'worker/private-gateway.ts', mayReach: ['worker'], packages: ['cloudflare:'] },
  { folder: 'worker/gateway-only.ts', mayReach: ['worker'], packages: [] },
  { folder: 'worker/index.ts', mayReach: ['worker'], packages: ['cloudflare:'] },
  { folder: 'cli', mayReach: ['kv-schemas', 'worker/semantics', 'cli'], packages: ['node:', 'esbuild', 'miniflare', 'wrangler', 'yaml', 'zod'] },
]

interface SourceFile {
  readonly name: string
  readonly text: string
}

const sources: readonly SourceFile[] = globSync('{worker,kv-schemas,cli}/**/*.ts', { cwd: ROOT }).map((name) => {
  const posix = name.split(path.sep).join('/')
  return { name: posix, text: readFileSync(path.join(ROOT, name), 'utf8') }
})

describe('imports follow the tree', () => {
  for (const layer of LAYERS) {
    it(`${layer.folder} reaches only what it may`, () => {
      const wrong = sources.filter((file) => layerOf(file.name) === layer).flatMap((file) => importsOf(file).filter((target) => !mayImport(layer, target)).map((target) => `${file.name} imports ${target}`))
      expect(wrong).toEqual([])
    })
  }

  it('every file stands in a layer', () => {
    expect(sources.filter((file) => layerOf(file.name) === undefined).map((file) => file.name)).toEqual([])
  })
})

describe('an isolate that only answers APIs loads no schemas', () => {
  it('what worker/index.ts imports at its start needs neither zod nor yaml', () => {
    const heavy = loadedAtStart('worker/index.ts').filter((name) => /^(?:zod|yaml)(?:\/|$)/u.test(name))
    expect(heavy).toEqual([])
  })

  it('worker/gateway-only.ts has no control plane, no object, and nothing that waits to be loaded', () => {
    const foreign = loadedAtStart('worker/gateway-only.ts').filter((name) => /^(?:zod|yaml|hono)(?:\/|$)|^worker\/(?:control|objects)\//u.test(name))
    expect(foreign.toSorted()).toEqual(['worker/control/control-host.ts', 'worker/objects/workflow-binding.ts'])
    const deferring = loadedAtStart('worker/gateway-only.ts').filter((name) => sources.some((source) => source.name === name && /\bimport\('/u.test(source.text)))
    expect(deferring).toEqual([])
  })
})

/** What must not stand in a folder, and why. */
const FORBIDDEN: readonly { readonly folder: string; readonly pattern: RegExp; readonly why: string }[] = [
  { folder: 'worker/semantics', pattern: /\b(?:Date\.now|performance\.now|Math\.random|crypto\.randomUUID|crypto\.getRandomValues|console\.|setTimeout|setInterval)\b/u, why: 'semantics has no clock, chance or log' },
  { folder: 'worker/semantics', pattern: /\bnew Date\(\)/u, why: 'semantics has no clock' },
  { folder: 'worker/semantics', pattern: /\bfetch\(/u, why: 'semantics does no I/O' },
  { folder: 'worker/gateway', pattern: /\b(?:Date\.now|performance\.now|Math\.random|crypto\.randomUUID|console\.|fetch\()/u, why: 'the request path reaches the world through ports' },
  { folder: '', pattern: /\b(?:TODO|FIXME|XXX)\b/u, why: 'no notes to ourselves' },
  { folder: '', pattern: /(?:: any\b|<any>|\bas any\b|@ts-ignore|@ts-nocheck|@ts-expect-error)/u, why: 'no holes in the types' },
  { folder: '', pattern: /^\s*(?:export )?(?:const )?enum /mu, why: 'no enums' },
]

describe('what must not be written is not written', () => {
  for (const { folder, pattern, why } of FORBIDDEN) {
    it(`${folder === '' ? 'anywhere' : folder}: ${why} (${pattern.source.slice(0, 40)})`, () => {
      const found = sources.filter(({ name, text }) => name.startsWith(folder) && pattern.test(withoutComments(text))).map(({ name }) => name)
      expect(found).toEqual([])
    })
  }

  it('no file is longer than 400 lines', () => {
    expect(sources.filter(({ text }) => text.split('\n').length > 400).map(({ name, text }) => `${name}: ${text.split('\n').length}`)).toEqual([])
  })

  it('classes are Durable Objects, entrypoints and refusals only', () => {
    const allowed = /^(?:worker\/objects\/|worker\/(?:index|private-gateway)\.ts$|worker\/gateway\/refusal\.ts$|worker\/control\/problem\.ts$|worker\/ports\.ts$)/u
    expect(sources.filter(({ name, text }) => !allowed.test(name) && /^(?:export )?(?:abstract )?class /mu.test(text)).map(({ name }) => name)).toEqual([])
  })
})

describe('every export says what it is for', () => {
  it('in a comment above it', () => {
    const undocumented = sources.flatMap(({ name, text }) => {
      const lines = text.split('\n')
      return lines.flatMap((line, index) => (needsComment(line) && !hasComment(lines, index) ? [`${name}:${index + 1}: ${line.slice(0, 60)}`] : []))
    })
    expect(undocumented).toEqual([])
  })
})

describe('where we differ from Amazon is said twice', () => {
  it('a comment line in the code has its row in docs/differences.md', () => {
    const inCode = sources.some(({ text }) => text.includes('Differs from Amazon:'))
    const rows = readFileSync(path.join(ROOT, 'docs', 'differences.md'), 'utf8').split('\n').filter((line) => line.startsWith('| ')).length
    expect(inCode).toBe(true)
    expect(rows).toBeGreaterThan(sources.reduce((sum, { text }) => sum + text.split('Differs from Amazon:').length - 1, 0))
  })
})

function layerOf(name: string): (typeof LAYERS)[number] | undefined {
  return LAYERS.find(({ folder }) => name === folder || name.startsWith(`${folder}/`))
}

/** The targets of a file's imports: paths from the root for its own files, names for packages. */
function importsOf({ name, text }: SourceFile): string[] {
  const targets = [...text.matchAll(/(?:^|\n)(?:import|export)\s(?:[^'";]*?from\s)?'([^']+)'/gu), ...text.matchAll(/\bimport\('([^']+)'\)/gu)].map((found) => found[1] ?? '')
  return targets.map((target) => (target.startsWith('.') ? path.posix.join(path.posix.dirname(name), target) : target))
}

/** Files and packages that are loaded with a file: types are not, nor what waits behind an `import()`. */
function loadedAtStart(entry: string): string[] {
  const loaded = new Set<string>()
  const visit = (name: string): void => {
    if (loaded.has(name)) return
    loaded.add(name)
    const file = sources.find((source) => source.name === name)
    if (file !== undefined) for (const target of importsOf({ name, text: withoutDeferred(file.text) })) visit(target)
  }
  visit(entry)
  return [...loaded]
}

function withoutDeferred(text: string): string {
  return text.replaceAll(/^(?:import|export) type [^'";]*?from '[^']+'/gmu, '').replaceAll(/\bimport\('[^']+'\)/gu, '')
}

function mayImport(layer: (typeof LAYERS)[number], target: string): boolean {
  const isOwn = /^(?:worker|kv-schemas|cli|test|bench|examples)(?:\/|$)/u.test(target)
  if (isOwn) return layer.mayReach.some((folder) => target === folder || target.startsWith(`${folder}/`))
  return layer.packages.some((name) => target === name || target.startsWith(name.endsWith(':') ? name : `${name}/`))
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//gu, '').replaceAll(/(^|\s)\/\/.*$/gmu, '$1')
}

/** Type aliases made from a documented schema of the line above speak for themselves. */
function needsComment(line: string): boolean {
  return /^export (?:default )?(?:async )?(?:const|function|class|interface|type) /u.test(line) && !/^export type \w+ = (?:z\.(?:infer|input|output)<|\(typeof |keyof typeof )/u.test(line)
}

function hasComment(lines: readonly string[], index: number): boolean {
  return (lines[index - 1] ?? '').trim().endsWith('*/') || (lines[index - 1] ?? '').trim().startsWith('//')
}
