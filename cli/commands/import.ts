import path from 'node:path'
import { accountSchema } from '../../kv-schemas/documents/account.ts'
import { apiIdSchema, stageNameSchema } from '../../kv-schemas/id-schemas.ts'
import type { ApiId, StageName } from '../../kv-schemas/ids.ts'
import { DOCUMENT_SCHEMA } from '../../kv-schemas/keys.ts'
import { importDefinition, type DefinitionImport } from '../../worker/semantics/importing/import-definition.ts'
import { parseUpstreamUrl } from '../../worker/semantics/importing/upstream-url.ts'
import type { BasePathMode } from '../../worker/semantics/openapi/reading.ts'
import type { Problem } from '../../worker/semantics/source/report.ts'
import type { Call, Command } from '../command.ts'
import { printProblems } from '../print-problems.ts'
import { readText } from '../read-rule-folder.ts'
import { writeRuleFiles } from '../write-rule-files.ts'

/** `stagedoor import FILE --api ID` */
export const importFile: Command = {
  name: 'import',
  summary: 'Makes the rule files of an API from an OpenAPI or Swagger document.',
  usage: 'import FILE --api ID (--upstream URL | --mock) [--rules DIR] [--stage NAME] [--basepath ignore|prepend|split] [--force]',
  details: [
    'Operations that have an x-amazon-apigateway-integration keep it. The others pass requests on to the same path of --upstream, or answer from the',
    "document's own examples with --mock. Writes apis/ID/api.json (or .yaml) and a stage; either all of it or nothing.",
  ].join('\n'),
  operands: { min: 1, max: 1 },
  options: [
    { name: 'api', value: 'ID', summary: 'the id of the API: 1 to 64 of a-z, 0-9 and -' },
    { name: 'upstream', value: 'URL', summary: 'where operations without an integration are passed on to' },
    { name: 'mock', value: null, summary: "answer from the document's examples instead" },
    { name: 'rules', value: 'DIR', summary: 'the rule folder; "rules" unless given' },
    { name: 'stage', value: 'NAME', summary: 'the stage to write; "dev" unless given' },
    { name: 'basepath', value: 'MODE', summary: "what becomes of the document's base path: ignore (as it is), prepend, or split" },
    { name: 'force', value: null, summary: 'overwrite files that are there' },
  ],
  run: runImport,
}

interface Order extends DefinitionImport {
  readonly file: string
  readonly rules: string
}

async function runImport(call: Call): Promise<number> {
  const order = readOrder(call)
  if (typeof order === 'string') return fail(order, [], call)
  const text = await readText(path.resolve(call.directory, order.file))
  if (typeof text !== 'string') return fail(text.message, [], call)
  const imported = await importDefinition({ file: order.file, text }, order)
  if (!imported.ok) return fail(`${order.file} was not imported`, imported.problems, call)
  const written = await writeRuleFiles(path.resolve(call.directory, order.rules), imported.files, { force: call.flag('force') })
  if (written.kind === 'refused') return fail(written.message, imported.problems, call)
  const files = [...imported.files.keys()].map((file) => path.posix.join(order.rules, file))
  if (call.json) call.terminal.out(JSON.stringify({ ok: true, files, issues: imported.problems }, null, 2))
  else {
    printProblems(imported.problems, '', call.terminal)
    for (const file of files) call.terminal.out(`wrote ${file}`)
  }
  return 0
}

function readOrder(call: Call): Order | string {
  const apiId = readName(call, 'api', (text) => apiIdSchema.safeParse(text).data)
  if (typeof apiId !== 'string') return apiId.problem
  const stageName = readName(call, 'stage', (text) => stageNameSchema.safeParse(text).data, 'dev')
  if (typeof stageName !== 'string') return stageName.problem
  const basePath = readMode(call.text('basepath') ?? 'ignore')
  if (basePath === null) return `--basepath is ignore, prepend or split, not ${call.text('basepath') ?? ''}`
  const backend = readBackend(call)
  if (typeof backend === 'string') return backend
  const account = accountSchema.parse({ schema: DOCUMENT_SCHEMA })
  const rules = call.text('rules') ?? 'rules'
  const schemaFolder = findSchemaFolder(path.resolve(call.directory, rules))
  return { file: call.operands[0] ?? '', rules, schemaFolder, apiId: apiId as ApiId, stageName: stageName as StageName, basePath, backend, account }
}

/** The project's JSON Schemas as seen from a rule folder inside the project; editors find them from no other. */
function findSchemaFolder(rules: string): string | null {
  const project = path.join(import.meta.dirname, '..', '..')
  const isInside = !path.relative(project, rules).startsWith('..') && !path.isAbsolute(path.relative(project, rules))
  return isInside ? path.relative(rules, path.join(project, 'kv-schemas', 'json')).split(path.sep).join('/') : null
}

function readName(call: Call, option: string, parse: (text: string) => string | undefined, otherwise: string | null = null): string | { readonly problem: string } {
  const text = call.text(option) ?? otherwise
  if (text === null) return { problem: `--${option} is missing` }
  return parse(text) ?? { problem: `${JSON.stringify(text)} can't be the name of ${option === 'api' ? 'an API: 1 to 64 of a-z, 0-9 and -' : 'a stage: 1 to 128 letters, digits, _ and -'}` }
}

function readMode(text: string): BasePathMode | null {
  return text === 'ignore' || text === 'prepend' || text === 'split' ? text : null
}

function readBackend(call: Call): DefinitionImport['backend'] | string {
  const url = call.text('upstream')
  if (call.flag('mock')) return url === null ? { kind: 'mock' } : 'give --upstream or --mock, not both'
  if (url === null) return null
  const upstream = parseUpstreamUrl(url)
  return 'problem' in upstream ? upstream.problem : { kind: 'upstream', upstream }
}

function fail(message: string, problems: readonly Problem[], call: Call): number {
  if (call.json) call.terminal.out(JSON.stringify({ ok: false, message, issues: problems }, null, 2))
  else {
    printProblems(problems, '', call.terminal)
    call.terminal.err(`${call.terminal.paint('red', 'error')}: ${message}`)
  }
  return 1
}
