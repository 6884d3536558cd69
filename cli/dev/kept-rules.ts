import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../../worker/semantics/source/report.ts'
import { listRuleFiles } from '../read-rule-folder.ts'
import { createKeptFiles } from './kept-files.ts'
import type { PreparedRules } from './publication.ts'

/** Rules, and what is left to do when they have been handed on. */
export interface KeptRules {
  readonly rules: PreparedRules
  /** Keeps them for the next process, if they may be kept. */
  readonly keep: () => Promise<void>
}

/** Where rules are kept, and what they depend on. */
export interface RulesShelf {
  readonly folder: string
  /** Lists the files besides the rule files that must not change. */
  listCode(): readonly string[]
}

interface KeptFolder {
  readonly names: readonly string[]
  readonly entries: readonly (readonly [key: string, value: string])[]
  readonly stages: readonly string[]
  readonly problems: readonly Problem[]
}

/**
 * Gives the rules of a folder as an earlier process compiled them, while neither the folder nor the code has changed; otherwise compiles them. Only what is too large
 * for the control API is kept, which takes a second to compile; of other folders the files are needed anyway.
 */
export async function readKeptRules(directory: string, shelf: RulesShelf, compile: () => Promise<PreparedRules>): Promise<KeptRules> {
  const kept = createKeptFiles<KeptFolder>(shelf.folder, directory)
  const names = await listRuleFiles(directory)
  const known = await kept.read()
  if (known !== null && JSON.stringify(known.names) === JSON.stringify(names)) {
    const { entries, stages, problems } = known
    return { rules: { kind: 'loaded', publication: { files: null, entries: new Map(entries), stages, isLasting: true }, problems }, keep: async () => {} }
  }
  const startedAtMs = Date.now()
  const rules = await compile()
  const keep = async (): Promise<void> => {
    const publication = rules.kind === 'loaded' ? rules.publication : null
    if (typeof names === 'string' || rules.kind !== 'loaded' || publication === null || publication.files !== null || !publication.isLasting) return
    const sources = [...names.map((name) => join(directory, name)), ...shelf.listCode()]
    await kept.write({ names, entries: [...publication.entries], stages: publication.stages, problems: rules.problems }, { sources, startedAtMs, absent: [] })
  }
  return { rules, keep }
}

const PROJECT = join(import.meta.dirname, '..', '..')

/** Whatever may take part in compiling rules, and what npm writes at every installation of packages. */
const CODE = ['cli/**/*.ts', 'kv-schemas/**/*.ts', 'worker/semantics/**/*.ts', 'package-lock.json', 'node_modules/.package-lock.json']

/** Where `stagedoor dev` keeps rules. */
export const PROJECT_SHELF: RulesShelf = {
  folder: join(PROJECT, '.stagedoor', 'rules'),
  listCode: () => globSync(CODE, { cwd: PROJECT }).map((file) => join(PROJECT, file)),
}
