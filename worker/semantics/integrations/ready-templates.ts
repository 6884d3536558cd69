import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { compileTemplate, type Template } from '../templates/compile-template.ts'
import { firstAccepted, toBareMediaType } from './binary-media-types.ts'

/** Templates by content type in lower case, in the order of the definition; made once per method and isolate. Null for one that does not compile, which no deployment has. */
export type ReadyTemplates = ReadonlyMap<string, Template | null>

/** Prepares templates; null when there are none, so that no request pays for them. */
export function compileTemplates(sources: Readonly<Record<string, string>>): ReadyTemplates | null {
  const templates = new Map<string, Template | null>()
  for (const [contentType, source] of Object.entries(sources)) {
    const compiled = compileTemplate(source)
    templates.set(contentType.toLowerCase(), compiled.ok ? compiled.template : null)
  }
  return templates.size === 0 ? null : templates
}

/** What becomes of a request body: it is rendered, goes on as it is, or is refused with 415. */
export type TemplateChoice = { readonly kind: 'render'; readonly template: Template | null } | { readonly kind: 'pass' } | { readonly kind: 'unsupported' }

/** Chooses the request template by content type, and without one applies the passthrough behaviour (aws-rest 6.8). No content type means JSON. */
export function chooseRequestTemplate(templates: ReadyTemplates | null, passthroughBehavior: IntegrationDocument['passthroughBehavior'], contentType: string | null): TemplateChoice {
  if (templates !== null) {
    const template = templates.get(toBareMediaType(contentType) ?? 'application/json') ?? templates.get('$default')
    if (template !== undefined) return { kind: 'render', template }
  }
  switch (passthroughBehavior) {
    case 'WHEN_NO_MATCH':
      return { kind: 'pass' }
    case 'WHEN_NO_TEMPLATES':
      return templates === null ? { kind: 'pass' } : { kind: 'unsupported' }
    case 'NEVER':
      return { kind: 'unsupported' }
    default:
      return passthroughBehavior satisfies never
  }
}

/** Chooses the response template: by the first type that the client accepts, else JSON, else the first one there is (aws-rest 6.4); undefined without templates. */
export function chooseResponseTemplate(templates: ReadyTemplates | null, accept: string | null): Template | null | undefined {
  if (templates === null) return undefined
  const accepted = templates.get(firstAccepted(accept) ?? '') ?? templates.get('application/json')
  if (accepted !== undefined) return accepted
  const [first] = templates.values()
  return first
}
