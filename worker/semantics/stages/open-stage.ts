import { DEFAULT_METHOD_SETTING } from '../../../kv-schemas/defaults.ts'
import type { CanaryDocument, StageDocument } from '../../../kv-schemas/documents/stage.ts'
import type { MethodSetting } from '../../../kv-schemas/rule-files/stage.ts'
import { compileAccessLog, type AccessLogFormat } from '../access-log/access-log.ts'
import type { OpenDeployment } from '../compile/open-deployment.ts'
import type { ReadyMethod } from '../compile/ready-method.ts'
import { createBucketLists, type BucketLists } from '../throttling/bucket-lists.ts'
import { compileFilter, type ReadyFilter } from '../waf/stage-rules.ts'

/** A stage as an isolate holds it: one revision, with the deployments it points at. */
export interface OpenStage {
  readonly document: StageDocument
  readonly deployment: OpenDeployment
  /** The canary's deployment, variables and share; null when the stage has no canary. */
  readonly canary: OpenCanary | null
  /** How the stage wants its access log; null when it wants none. */
  readonly accessLog: AccessLogFormat | null
  /** The stage's web ACL; null when it has none. */
  readonly filter: ReadyFilter | null
  /** The token buckets of its requests. */
  readonly buckets: BucketLists<ReadyMethod>
  /** The stage's settings for a method; looked up once for each. */
  settingOf(method: ReadyMethod): MethodSetting
}

/** A canary as an isolate holds it. */
export interface OpenCanary extends Pick<CanaryDocument, 'percentTraffic' | 'stickiness' | 'useStageCache'> {
  readonly deployment: OpenDeployment
  /** The stage's variables with the canary's merged over them. */
  readonly stageVariables: Readonly<Record<string, string>>
}

/** Puts a stage and its deployments together. */
export function openStage(document: StageDocument, deployment: OpenDeployment, canaryDeployment: OpenDeployment | null): OpenStage {
  const { canarySettings, accessLogSettings } = document
  const accessLog = accessLogSettings === null ? null : compileAccessLog(accessLogSettings.format)
  const filter = document.webAcl === null ? null : compileFilter(document.webAcl)
  const settings = new WeakMap<ReadyMethod, MethodSetting>()
  const buckets = createBucketLists<ReadyMethod>({ apiId: document.apiId, stage: document.stageName })
  const stage = { document, deployment, accessLog, filter, buckets, settingOf: (method: ReadyMethod) => settingOf(document, method, settings) }
  if (canarySettings === null || canaryDeployment === null) return { ...stage, canary: null }
  const stageVariables = { ...document.variables, ...canarySettings.stageVariableOverrides }
  const { percentTraffic, stickiness, useStageCache } = canarySettings
  return { ...stage, canary: { deployment: canaryDeployment, percentTraffic, stickiness, useStageCache, stageVariables } }
}

function settingOf(document: StageDocument, method: ReadyMethod, settings: WeakMap<ReadyMethod, MethodSetting>): MethodSetting {
  const held = settings.get(method)
  if (held !== undefined) return held
  const setting = methodSettingOf(document, method.resourcePath, method.httpMethod)
  settings.set(method, setting)
  return setting
}

/** The settings of a method: its own entry as a whole, else that of all methods, else Amazon's defaults (aws-rest 8.2). */
export function methodSettingOf(stage: StageDocument, resourcePath: string, httpMethod: string): MethodSetting {
  const { methodSettings } = stage
  const path = resourcePath.slice(1)
  return methodSettings[`${path}/${httpMethod}`] ?? methodSettings[`${resourcePath}/${httpMethod}`] ?? methodSettings['*/*'] ?? DEFAULT_METHOD_SETTING
}
