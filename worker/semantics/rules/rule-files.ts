import { apiIdSchema, stageNameSchema } from '../../../kv-schemas/id-schemas.ts'
import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { fileProblem, type Problem } from '../source/report.ts'
import type { Source } from '../source/source.ts'
import type { AccessFiles } from './compile-access.ts'

/** The files of one API. */
export interface ApiFiles {
  readonly apiId: ApiId
  readonly definition: Source | null
  readonly stages: readonly { readonly stageName: StageName; readonly source: Source }[]
}

/** The files of a rule folder by what they are. */
export interface RuleFiles extends AccessFiles {
  readonly account: Source | null
  readonly domains: Source | null
  readonly apis: readonly ApiFiles[]
}

/** Files at the top of a rule folder. */
const TOP_FILES = ['account.json', 'domains.json', 'usage-plans.json', 'api-keys.json', 'credentials.json']
const DEFINITION_FILES = ['api.json', 'api.yaml', 'api.yml']

interface ApiBeingFound {
  readonly definitions: Source[]
  readonly stages: { readonly stageName: StageName; readonly source: Source }[]
}

/** Sorts the files of a rule folder out. Reports what stands where no rule file can; files that are neither JSON nor YAML are none of its business. */
export function sortRuleFiles(files: ReadonlyMap<string, string>, problems: Problem[]): RuleFiles {
  const apis = new Map<ApiId, ApiBeingFound>()
  for (const [file, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!/\.(?:json|ya?ml)$/u.test(file) || TOP_FILES.includes(file)) continue
    const [folder, apiId, ...rest] = file.split('/')
    if (folder === 'apis' && apiId !== undefined && rest.length > 0) sortApiFile({ file, text }, apiId, rest, apis, problems)
    else problems.push(fileProblem(file, `no rule file has this name${didYouMean(file, TOP_FILES)}`, 'warning'))
  }
  return {
    account: sourceOf(files, 'account.json'),
    domains: sourceOf(files, 'domains.json'),
    usagePlans: sourceOf(files, 'usage-plans.json'),
    apiKeys: sourceOf(files, 'api-keys.json'),
    credentials: sourceOf(files, 'credentials.json'),
    apis: Array.from(apis, ([apiId, found]) => ({ apiId, definition: onlyDefinition(apiId, found, problems), stages: found.stages })),
  }
}

function sourceOf(files: ReadonlyMap<string, string>, file: string): Source | null {
  const text = files.get(file)
  return text === undefined ? null : { file, text }
}

function sortApiFile(source: Source, folder: string, rest: readonly string[], apis: Map<ApiId, ApiBeingFound>, problems: Problem[]): void {
  const apiId = apiIdSchema.safeParse(folder)
  if (!apiId.success) {
    problems.push(fileProblem(source.file, `the folder ${JSON.stringify(folder)} is no API id: 1 to 64 of a-z, 0-9 and -`))
    return
  }
  const api = apis.get(apiId.data) ?? { definitions: [], stages: [] }
  apis.set(apiId.data, api)
  const [name = '', stageFile] = rest
  if (rest.length === 1 && DEFINITION_FILES.includes(name)) api.definitions.push(source)
  else if (rest.length === 1 && name === 'websocket.json') problems.push(fileProblem(source.file, 'WebSocket APIs do not work yet'))
  else if (rest.length === 2 && name === 'stages' && stageFile !== undefined) sortStageFile(source, stageFile, api, problems)
  else if (name !== 'tests') problems.push(fileProblem(source.file, `no rule file has this name${didYouMean(rest.join('/'), [...DEFINITION_FILES, 'stages/dev.json'])}`, 'warning'))
}

function sortStageFile(source: Source, stageFile: string, api: ApiBeingFound, problems: Problem[]): void {
  const stageName = stageNameSchema.safeParse(stageFile.replace(/\.json$/u, ''))
  if (!stageFile.endsWith('.json')) problems.push(fileProblem(source.file, 'a stage is a JSON file'))
  else if (!stageName.success) problems.push(fileProblem(source.file, 'a stage is called 1 to 128 letters, digits, _ and -'))
  else api.stages.push({ stageName: stageName.data, source })
}

function onlyDefinition(apiId: ApiId, { definitions, stages }: ApiBeingFound, problems: Problem[]): Source | null {
  const [first, second] = definitions
  if (first === undefined) {
    if (stages[0] !== undefined) problems.push(fileProblem(stages[0].source.file, `the API ${apiId} has stages but no definition: apis/${apiId}/api.json, .yaml or .yml is missing`))
    return null
  }
  if (second !== undefined) problems.push(fileProblem(second.file, `the API ${apiId} has two definitions: ${first.file} is another`))
  return first
}
