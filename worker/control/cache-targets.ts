import { deploymentSchema } from '../../kv-schemas/documents/deployment.ts'
import type { ApiId, DeploymentId, StageName } from '../../kv-schemas/ids.ts'
import type { Env } from '../adapters/env.ts'
import { didYouMean } from '../semantics/source/nearest-word.ts'
import { deploymentsOf, type StageRecord } from '../semantics/stages/stage-record.ts'
import { apiLedger } from './ledgers.ts'
import { ControlProblem } from './problem.ts'

/** The stage whose cache somebody asks for. */
export interface CacheTarget {
  readonly env: Env
  readonly apiId: ApiId
  readonly stageName: StageName
}

/** The stage; a problem when there is none, rather than the empty books of a stage that nobody has. */
export async function expectStage({ env, apiId, stageName }: CacheTarget): Promise<StageRecord> {
  const { stages } = await apiLedger(env, apiId).overview()
  const stage = stages.find((candidate) => candidate.stageName === stageName)
  if (stage !== undefined) return stage
  const hint = stages.length === 0 ? `no rules of the API ${apiId} were pushed` : `the API has the stages ${stages.map((known) => known.stageName).join(', ')}`
  throw new ControlProblem('not-found', { detail: 'Invalid stage identifier specified', hint })
}

/** A problem when neither the stage's deployment nor its canary's has the method: what was never there can't be purged, and a slip of the pen should not look like success. */
export async function expectMethod(target: CacheTarget, methodKey: string): Promise<void> {
  const stage = await expectStage(target)
  const known = (await Promise.all(deploymentsOf(stage).map((id) => methodKeysOf(target, id)))).flat()
  if (known.includes(methodKey)) return
  throw new ControlProblem('not-found', { detail: `The stage has no method ${methodKey}${didYouMean(methodKey, known)}`, hint: 'a method is named as in methodSettings: pets/{petId}/GET' })
}

async function methodKeysOf({ env, apiId }: CacheTarget, deploymentId: DeploymentId): Promise<readonly string[]> {
  const text = await apiLedger(env, apiId).readDeployment(deploymentId)
  const deployment = text === null ? null : deploymentSchema.parse(JSON.parse(text))
  return deployment === null ? [] : deployment.resources.flatMap(({ path, methods }) => Object.keys(methods).map((method) => `${path.slice(1)}/${method}`))
}
