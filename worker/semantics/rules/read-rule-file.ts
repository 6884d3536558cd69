import type { AccountDocument } from '../../../kv-schemas/documents/account.ts'
import { rootPlace, type Place } from '../source/place.ts'
import { readSource } from '../source/read-source.ts'
import { createReport, type Problem, type Report } from '../source/report.ts'
import type { Source } from '../source/source.ts'
import { resolveEnvironment } from './environment.ts'

/** Values of the environment that rule files may name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What compiling a part of a rule folder takes from the rest. */
export interface RuleContext {
  readonly account: AccountDocument
  readonly env: Environment
  readonly problems: Problem[]
}

/** A rule file that was read: its tree, null when it can't be read, and what is wrong with it so far. */
export interface ReadFile {
  readonly source: Source
  readonly root: Place | null
  readonly report: Report
}

/** Reads a rule file and puts the environment's values into it. */
export function readRuleFile(source: Source, env: Environment): ReadFile {
  const report = createReport(source)
  const node = readSource(source, report)
  return { source, report, root: node === null ? null : rootPlace(resolveEnvironment(rootPlace(node), source.text, env, report)) }
}
