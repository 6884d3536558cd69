import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import { deploymentIdSchema } from '../../../kv-schemas/id-schemas.ts'
import type { StageRule } from '../../../kv-schemas/rule-files/stage.ts'
import { checkAccessLogFormat } from '../access-log/access-log.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { childOf, descend, pathOf, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import { checkCache } from './check-cache.ts'

/** The API that a stage runs, as far as the stage's checks need it. */
export interface StagedApi {
  readonly deployment: DeploymentDocument
  /** The stage variables that the API names anywhere. */
  readonly stageVariables: ReadonlySet<string>
}

/** Prepares an API for the checks of its stages. */
export function toStagedApi(deployment: DeploymentDocument): StagedApi {
  return { deployment, stageVariables: findStageVariables(deployment) }
}

/** Checks a stage's settings, and against its API when that compiles. */
export function checkStage(rule: StageRule, api: StagedApi | null, root: Place, report: Report): void {
  const canaryDeployment = rule.canarySettings?.deploymentId
  if (canaryDeployment !== undefined && !deploymentIdSchema.safeParse(canaryDeployment).success) {
    report.error(descend(root, 'canarySettings', 'deploymentId'), `Deployment id does not exist: ${JSON.stringify(canaryDeployment)} is no id of a deployment`)
  }
  const formatProblem = rule.accessLogSettings === undefined ? null : checkAccessLogFormat(rule.accessLogSettings.format)
  if (formatProblem !== null) report.error(descend(root, 'accessLogSettings', 'format'), formatProblem)
  if (api === null) return
  checkMethodSettings(Object.keys(rule.methodSettings), api.deployment, root, report)
  warnUndefinedVariables(rule, api.stageVariables, root, report)
  checkCache(rule, api.deployment, root, report)
}

/** A setting of a method that is not there would set nothing. The key is the resource's path without its first slash, and the method; or `*` and `*` (aws-rest 8.2). */
function checkMethodSettings(keys: readonly string[], { resources }: DeploymentDocument, root: Place, report: Report): void {
  const known = resources.flatMap((resource) => Object.keys(resource.methods).map((method) => `${resource.path.slice(1)}/${method}`))
  for (const key of keys) {
    if (key === '*/*' || known.includes(key) || known.includes(key.slice(1))) continue
    const at = descend(root, 'methodSettings')
    const place = childOf(at, key)
    const message = `Invalid method setting path: ${key} is no method of the API${didYouMean(key, ['*/*', ...known])}`
    report.errorAt(place?.keyStart ?? at.keyStart, pathOf(place ?? at), message)
  }
}

/** Amazon renders a variable that a stage does not have as nothing (aws-rest 8.3); that is rarely what was meant. */
function warnUndefinedVariables(rule: StageRule, used: ReadonlySet<string>, root: Place, report: Report): void {
  const missing = [...used].filter((name) => !Object.hasOwn(rule.variables, name))
  const known = Object.keys(rule.variables)
  for (const name of missing) report.warning(descend(root, 'variables'), `the API uses the stage variable ${name}, which this stage does not have: it is empty here${didYouMean(name, known)}`)
}

/** `${stageVariables.x}` in addresses, `stageVariables.x` in mappings, `$stageVariables.x` and its longer forms in templates. */
const REFERENCE = /\bstageVariables(?:\.get\(\s*['"]|\[\s*['"]|\.)([A-Za-z0-9_]{1,64})/gu

function findStageVariables(deployment: DeploymentDocument): ReadonlySet<string> {
  const text = JSON.stringify(deployment.resources) + JSON.stringify(deployment.authorizers) + JSON.stringify(deployment.gatewayResponses)
  // Most APIs use none, and to look for the plain word takes no time at all.
  if (!text.includes('stageVariables')) return new Set()
  const names = Array.from(text.replaceAll('\\"', '"').matchAll(REFERENCE), (found) => found[1] ?? '')
  // The methods that a template may call on the map itself are no variables.
  return new Set(names.filter((name) => !METHODS.has(name)))
}

const METHODS = new Set(['get', 'keySet', 'entrySet', 'values', 'size', 'isEmpty', 'containsKey', 'put', 'toString'])
