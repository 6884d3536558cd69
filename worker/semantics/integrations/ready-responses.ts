import type { IntegrationResponseDocument } from '../../../kv-schemas/documents/deployment.ts'
import { compileMapping, type ReadyMapping } from '../mapping/ready-mapping.ts'
import { compileTemplates, type ReadyTemplates } from './ready-templates.ts'
import { compileSelectionPattern } from './selection-pattern.ts'

/** One answer of a non-proxy integration, prepared: made once per method and isolate. */
export interface ReadyResponse {
  /** Null for the default answer; a pattern that can't be carried over, which no deployment has, matches nothing. */
  readonly pattern: RegExp | null
  readonly statusCode: number
  readonly mapping: ReadyMapping | null
  readonly templates: ReadyTemplates | null
  readonly contentHandling: IntegrationResponseDocument['contentHandling']
}

const NOTHING = /(?!)/u

/** Prepares the answers of an integration, in the order of the definition. */
export function compileResponses(documents: readonly IntegrationResponseDocument[]): readonly ReadyResponse[] {
  return documents.map((document) => ({
    pattern: toPattern(document.selectionPattern),
    statusCode: Number(document.statusCode),
    mapping: compileMapping(document.responseParameters, 'method-response'),
    templates: compileTemplates(document.responseTemplates),
    contentHandling: document.contentHandling,
  }))
}

function toPattern(selectionPattern: string | null): RegExp | null {
  if (selectionPattern === null || selectionPattern === '') return null
  const compiled = compileSelectionPattern(selectionPattern)
  return compiled.ok ? compiled.pattern : NOTHING
}

/** Chooses the answer: the first whose pattern matches the text, else the default one, else none (aws-rest 6.4). */
export function chooseResponse(responses: readonly ReadyResponse[], text: string): ReadyResponse | null {
  return responses.find(({ pattern }) => pattern?.test(text) === true) ?? responses.find(({ pattern }) => pattern === null) ?? null
}
