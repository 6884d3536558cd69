import type { DomainsRule } from '../../../kv-schemas/rule-files/domains.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import type { CompiledApi } from './compile-api.ts'

/** Checks that every base path mapping leads to a stage, and that no domain and no base path stands twice. */
export function checkDomains(rule: DomainsRule, apis: readonly CompiledApi[], root: Place, report: Report): void {
  const names = new Set<string>()
  for (const [index, domain] of rule.domains.entries()) {
    const at = descend(root, 'domains', index)
    if (names.has(domain.domainName)) report.error(descend(at, 'domainName'), `the domain ${domain.domainName} stands here twice`)
    names.add(domain.domainName)
    const basePaths = new Set<string>()
    for (const [mappingIndex, mapping] of domain.basePathMappings.entries()) {
      const mappingAt = descend(at, 'basePathMappings', mappingIndex)
      if (basePaths.has(mapping.basePath)) report.error(descend(mappingAt, 'basePath'), `the base path ${JSON.stringify(mapping.basePath)} of ${domain.domainName} stands here twice`)
      basePaths.add(mapping.basePath)
      checkMapping(mapping, apis, mappingAt, report)
    }
  }
}

type Mapping = DomainsRule['domains'][number]['basePathMappings'][number]

function checkMapping(mapping: Mapping, apis: readonly CompiledApi[], at: Place, report: Report): void {
  const api = apis.find((candidate) => candidate.apiId === mapping.restApiId)
  if (api === undefined) {
    const known = apis.map((candidate) => candidate.apiId)
    return report.error(descend(at, 'restApiId'), `there is no API ${mapping.restApiId}${didYouMean(mapping.restApiId, known)}`)
  }
  if (api.stageNames.includes(mapping.stage)) return
  report.error(descend(at, 'stage'), `the API ${mapping.restApiId} has no stage ${mapping.stage}${didYouMean(mapping.stage, api.stageNames)}`)
}
