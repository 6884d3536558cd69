import type { DeploymentDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { MethodSetting, StageRule } from '../../../kv-schemas/rule-files/stage.ts'
import { findCallerReads, hasCallerInKey, type CallerRead } from '../caching/caller-reads.ts'
import { usesCache } from '../caching/cached-methods.ts'
import { isProxy } from '../compile/proxy-responses.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/** Warns of settings that cache nothing, and of answers that callers share. */
export function checkCache(rule: StageRule, deployment: DeploymentDocument, root: Place, report: Report): void {
  warnIdleSettings(rule, deployment, root, report)
  if (rule.cacheClusterEnabled) warnSharedAnswers(rule, deployment, root, report)
}

/** Amazon takes both in silence, and people then look for answers that were never stored. */
function warnIdleSettings(rule: StageRule, { resources }: DeploymentDocument, root: Place, report: Report): void {
  const caching = Object.keys(rule.methodSettings).filter((key) => rule.methodSettings[key]?.cachingEnabled === true)
  const [first] = caching
  if (first !== undefined && !rule.cacheClusterEnabled) {
    return report.warning(descend(root, 'methodSettings', first, 'cachingEnabled'), 'nothing is cached, because the stage has no cache: set "cacheClusterEnabled": true')
  }
  for (const { path, methods } of resources) {
    for (const [httpMethod, { integration }] of Object.entries(methods)) {
      const key = settingKeyOf(caching, path, httpMethod)
      if (key === undefined || key === '*/*' || integration.responseTransferMode !== 'STREAM') continue
      report.warning(descend(root, 'methodSettings', key, 'cachingEnabled'), `${httpMethod} ${path} streams its answers, and those are never stored`)
    }
  }
}

/** The setting of a method: its own, spelled with the first slash or without, else that of all methods. */
function settingKeyOf(keys: readonly string[], path: string, httpMethod: string): string | undefined {
  return [`${path.slice(1)}/${httpMethod}`, `${path}/${httpMethod}`, '*/*'].find((candidate) => keys.includes(candidate))
}

/**
 * Warns of cached methods whose answers may depend on their caller while nothing of the caller is in their key: one caller's answer then reaches the others. Each method
 * that reads something of its caller gets a warning; open proxies, which hand every header on and may well not care, get one for each setting that caches them.
 */
function warnSharedAnswers(rule: StageRule, deployment: DeploymentDocument, root: Place, report: Report): void {
  const proxies = new Map<string, string[]>()
  for (const cached of cachedMethodsOf(rule, deployment)) {
    const { name, key, settings, method } = cached
    if (hasCallerInKey(method.integration)) continue
    const isOpen = method.authorizationType === 'NONE' && !method.apiKeyRequired
    // Said to be the same for all.
    if (isOpen && settings.shared) continue
    const read = findCallerReads(method.integration).find((candidate) => !isKeptApart(candidate, cached, rule))
    if (read !== undefined) report.warning(descend(root, 'methodSettings', key, settings.shared ? 'shared' : 'cachingEnabled'), describeRead(name, read, settings))
    else if (isOpen && rule.cachePolicy === 'amazon' && isProxy(method.integration.type)) proxies.set(key, [...(proxies.get(key) ?? []), name])
  }
  for (const [key, names] of proxies) report.warning(descend(root, 'methodSettings', key, 'cachingEnabled'), describeProxies(names))
}

/** Whether the cache tells callers apart by what is read, as `partitionOf` of the request path does, or as RFC 9111 section 3.5 does with `Authorization`. */
function isKeptApart({ header }: CallerRead, { method, settings }: CachedMethod, { cachePolicy }: StageRule): boolean {
  if (header === 'authorization' && cachePolicy === 'rfc9111') return true
  if (settings.shared) return false
  return method.authorizationType !== 'NONE' || (method.apiKeyRequired && header === 'x-api-key')
}

interface CachedMethod {
  /** `GET /pets` */
  readonly name: string
  /** Of the setting that holds for the method. */
  readonly key: string
  readonly settings: MethodSetting
  readonly method: MethodDocument
}

function cachedMethodsOf(rule: StageRule, { resources }: DeploymentDocument): readonly CachedMethod[] {
  return resources.flatMap(({ path, methods }) =>
    Object.entries(methods).flatMap(([httpMethod, method]) => {
      const key = settingKeyOf(Object.keys(rule.methodSettings), path, httpMethod)
      const settings = key === undefined ? undefined : rule.methodSettings[key]
      if (key === undefined || settings === undefined || !isCached(rule, settings, { key, httpMethod, method })) return []
      return [{ name: `${httpMethod} ${path}`, key, settings, method }]
    }),
  )
}

function isCached({ cacheClusterEnabled, cachePolicy }: StageRule, settings: MethodSetting, call: { readonly key: string; readonly httpMethod: string; readonly method: MethodDocument }): boolean {
  const { key, httpMethod, method } = call
  return usesCache(
    { cacheClusterEnabled, cachePolicy, canarySettings: null },
    {
      settings,
      hasOwnSettings: key !== '*/*',
      // Of a method that stands for all, GET is cached.
      httpMethod: httpMethod === 'ANY' ? 'GET' : httpMethod,
      declaredMethod: httpMethod,
      isCanaryRequest: false,
      responseTransferMode: method.integration.responseTransferMode,
    },
  )
}

function describeRead(name: string, { reader, text, header }: CallerRead, { shared }: MethodSetting): string {
  const key = `add method.request.header.${header === 'x-api-key' ? 'x-api-key' : 'Authorization'} to its cacheKeyParameters`
  const remedy = shared ? `take "shared" away, or ${key}` : `${key}, or set "shared": true if the answer is the same for all`
  return `${name} is cached, ${reader} reads ${text}, and nothing of the caller is in its key: one caller's answer reaches the others; ${remedy}`
}

/** How many methods a warning names before it counts. */
const NAMES_MAX = 3

function describeProxies(names: readonly string[]): string {
  const others = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : ''
  const [are, their, keys] = names.length === 1 ? ['is', 'its backend gets', 'its key'] : ['are', 'their backends get', 'their keys']
  return `${names.slice(0, NAMES_MAX).join(', ')}${others} ${are} cached, ${their} the Authorization header, and nothing of the caller is in ${keys}: if a backend looks at it, one caller's answer reaches the others; add method.request.header.Authorization to cacheKeyParameters, or set "shared": true if the answer is the same for all`
}
