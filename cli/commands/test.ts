import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { RuleSet } from '../../worker/semantics/rules/rule-set.ts'
import type { Call, Command } from '../command.ts'
import { loadRules } from '../load-rules.ts'
import { readText } from '../read-rule-folder.ts'
import { describeDifference } from '../templates/describe-difference.ts'
import { runTemplateCase, type CaseOutcome } from '../templates/run-template-case.ts'
import { parseTemplateCase, printTemplateCase, type TemplateCase } from '../templates/template-case.ts'

/** `stagedoor test` */
export const test: Command = {
  name: 'test',
  summary: 'Runs the golden files of a rule folder: apis/API/tests/*.case.',
  usage: 'test [DIR] [--update] [--json]',
  details:
    'DIR is the rule folder; "rules" unless given. A file holds a template (or names one: "POST /pets request"), a scope as JSON, the output, and if you like the\n' +
    'overrides, between lines of dashes. Exit code 1 when one does not come out as it says. See docs/templates.md.',
  operands: { min: 0, max: 1 },
  options: [{ name: 'update', value: null, summary: 'writes what comes out into the files, instead of comparing' }],
  run: runTest,
}

/** A golden file, and what came of it. */
type Result = { readonly name: string; readonly file: string; readonly wanted: TemplateCase | null; readonly outcome: CaseOutcome }

async function runTest(call: Call): Promise<number> {
  const directory = call.operands[0] ?? 'rules'
  const root = path.resolve(call.directory, directory)
  const loaded = await loadRules(root, call.env)
  if (loaded.kind === 'unreadable') {
    call.terminal.err(`${call.terminal.paint('red', 'error')}: ${loaded.message}`)
    return 1
  }
  const results: Result[] = []
  for (const { apiId, file } of await findCases(root)) results.push(await runFile(root, { apiId, file }, loaded.rules))
  if (call.flag('update')) for (const result of results) await update(root, result)
  return report(call, results)
}

async function findCases(root: string): Promise<readonly { readonly apiId: string; readonly file: string }[]> {
  const found: { apiId: string; file: string }[] = []
  for (const api of await listFolder(path.join(root, 'apis'))) {
    for (const name of await listFolder(path.join(root, 'apis', api, 'tests'))) {
      if (name.endsWith('.case')) found.push({ apiId: api, file: path.join('apis', api, 'tests', name) })
    }
  }
  return found
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch {
    // An API without tests, or a file beside the folders of the APIs.
    return []
  }
}

async function runFile(root: string, { apiId, file }: { readonly apiId: string; readonly file: string }, rules: RuleSet | null): Promise<Result> {
  const name = `${apiId}/${path.basename(file, '.case')}`
  const text = await readText(path.join(root, file))
  if (typeof text === 'object') return { name, file, wanted: null, outcome: { kind: 'broken', problem: text.message } }
  const wanted = parseTemplateCase(text)
  if ('problem' in wanted) return { name, file, wanted: null, outcome: { kind: 'broken', problem: wanted.problem } }
  return { name, file, wanted, outcome: runTemplateCase(wanted, { apiId, rules }) }
}

async function update(root: string, { file, wanted, outcome }: Result): Promise<void> {
  if (wanted === null || outcome.kind !== 'failed') return
  await writeFile(path.join(root, file), printTemplateCase(wanted, outcome.text, outcome.overrides))
}

function report(call: Call, results: readonly Result[]): number {
  const isUpdate = call.flag('update')
  const bad = results.filter(({ outcome }) => outcome.kind === 'broken' || (outcome.kind === 'failed' && !isUpdate))
  if (call.json) {
    call.terminal.out(JSON.stringify({ ok: bad.length === 0, cases: results.map(({ name, file, outcome }) => ({ name, file, ...outcome })) }, null, 2))
    return bad.length === 0 ? 0 : 1
  }
  for (const result of results) describe(call, result, isUpdate)
  const counts = `${results.length - bad.length} of ${results.length} golden files ${isUpdate ? 'are up to date' : 'passed'}`
  call.terminal.out(results.length === 0 ? 'There are no golden files: apis/API/tests/*.case' : call.terminal.paint(bad.length === 0 ? 'green' : 'red', counts))
  return bad.length === 0 ? 0 : 1
}

function describe({ terminal }: Call, { name, wanted, outcome }: Result, isUpdate: boolean): void {
  if (outcome.kind === 'passed') return terminal.out(`${terminal.paint('green', 'ok')}       ${name}`)
  if (outcome.kind === 'broken') return terminal.err(`${terminal.paint('red', 'broken')}   ${name}: ${outcome.problem}`)
  if (isUpdate) return terminal.out(`${terminal.paint('yellow', 'updated')}  ${name}`)
  const isOutput = outcome.what === 'output'
  terminal.err(`${terminal.paint('red', 'failed')}   ${name}: ${isOutput ? 'the output is another' : 'the overrides are others'}`)
  const [expected, received] = isOutput ? [wanted?.expected ?? '', outcome.text] : [toText(wanted?.overrides), toText(outcome.overrides)]
  for (const line of describeDifference(expected, received)) terminal.err(`  ${line}`)
}

function toText(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
