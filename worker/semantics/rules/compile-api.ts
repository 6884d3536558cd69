import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import { compileDefinition } from '../compile/compile-definition.ts'
import { readDefinition } from '../openapi/read-definition.ts'
import { rootPlace } from '../source/place.ts'
import { fileProblem } from '../source/report.ts'
import type { Source } from '../source/source.ts'
import { warnUnknownLinks } from './check-links.ts'
import { toStagedApi } from './check-stage.ts'
import { compileStage, type CompiledStage } from './compile-stage.ts'
import { resolvePseudoParameters } from './pseudo-parameters.ts'
import { readRuleFile, type RuleContext } from './read-rule-file.ts'
import type { ApiFiles } from './rule-files.ts'

/** An API of a rule folder; its deployment is null when it does not compile. */
export interface CompiledApi {
  readonly apiId: ApiId
  readonly deployment: DeploymentDocument | null
  /** The stages that have files, sound or not. */
  readonly stageNames: readonly StageName[]
  readonly stages: readonly CompiledStage[]
}

/** Compiles the definition of an API, then its stages. */
export async function compileApi(api: ApiFiles, context: RuleContext): Promise<CompiledApi> {
  const { apiId } = api
  const deployment = api.definition === null ? null : await compileFile(apiId, api.definition, context)
  const stageNames = api.stages.map((stage) => stage.stageName)
  const staged = deployment === null ? null : toStagedApi(deployment)
  const stages = api.stages.flatMap((stage) => compileStage({ apiId, ...stage, api: staged }, context) ?? [])
  if (api.definition !== null && stageNames.length === 0) {
    context.problems.push(fileProblem(api.definition.file, `the API ${apiId} has no stage: nothing can be requested until there is apis/${apiId}/stages/dev.json`, 'warning'))
  }
  return { apiId, deployment, stageNames, stages }
}

async function compileFile(apiId: ApiId, source: Source, { account, env, problems }: RuleContext): Promise<DeploymentDocument | null> {
  const { root, report } = readRuleFile(source, env)
  let deployment: DeploymentDocument | null = null
  if (root !== null) {
    const resolved = rootPlace(resolvePseudoParameters(root, source.text, account, report))
    const definition = readDefinition(resolved, report, { basePath: 'ignore' })
    if (definition !== null) {
      deployment = await compileDefinition(definition, apiId, report)
      warnUnknownLinks(definition, account, report)
    }
  }
  problems.push(...report.problems)
  return report.hasErrors() ? null : deployment
}
