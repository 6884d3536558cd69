import type { RuleSet } from '../worker/semantics/rules/rule-set.ts'
import { compileRules } from '../worker/semantics/rules/compile-rules.ts'
import { sortProblems, type Problem } from '../worker/semantics/source/report.ts'
import { readRuleFolder } from './read-rule-folder.ts'

/** A rule folder from disk, compiled: its rules are null when it has errors. */
export type LoadedRules =
  | { readonly kind: 'loaded'; readonly files: ReadonlyMap<string, string>; readonly rules: RuleSet | null; readonly problems: readonly Problem[] }
  | { readonly kind: 'unreadable'; readonly message: string }

/** Reads and compiles the rule folder at a path. Only rules that were compiled with the gateway's `CREDENTIALS_KEY` can be published. */
export async function loadRules(directory: string, env: Readonly<Record<string, string | undefined>>, credentialsKey?: string): Promise<LoadedRules> {
  const folder = await readRuleFolder(directory)
  if (folder.kind === 'unreadable') return folder
  const compiled = await compileRules(folder.files, { env, credentialsKey })
  const problems = sortProblems([...folder.problems, ...(compiled.ok ? compiled.warnings : compiled.problems)])
  return { kind: 'loaded', files: folder.files, rules: compiled.ok && folder.problems.length === 0 ? compiled.rules : null, problems }
}
