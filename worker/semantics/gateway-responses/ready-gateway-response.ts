import type { DeploymentDocument, GatewayResponseDocument } from '../../../kv-schemas/documents/deployment.ts'
import { compileMapping, type ReadyMapping } from '../mapping/ready-mapping.ts'
import { GATEWAY_RESPONSES, type GatewayResponseType } from './catalog.ts'
import { compileTextTemplate, type TextTemplate } from './text-template.ts'

/** The API's own form of a gateway response, prepared: made at its first use in an isolate, then kept. */
export interface ReadyGatewayResponse {
  /** The status that the API sets; null keeps the one of the refusal. */
  readonly statusCode: number | null
  readonly mapping: ReadyMapping | null
  /** Templates by content type, in the order of the definition; none keeps the default body. */
  readonly templates: readonly { readonly contentType: string; readonly template: TextTemplate }[]
}

/** Gives the API's form of a type; null when the API leaves it to the default. */
export type GatewayResponses = (type: GatewayResponseType) => ReadyGatewayResponse | null

/** Opens the gateway responses of a deployment; each is prepared when it is first needed. */
export function openGatewayResponses(documents: DeploymentDocument['gatewayResponses']): GatewayResponses {
  const ready = new Map<GatewayResponseType, ReadyGatewayResponse | null>()
  return (type) => {
    const held = ready.get(type)
    if (held !== undefined) return held
    const document = chooseGatewayResponse(documents, type)
    const made = document === null ? null : prepare(document)
    ready.set(type, made)
    return made
  }
}

/**
 * Chooses the API's form of a type: its own, else that of its class by the default status, whole: status, parameters and templates (aws-rest 3.3).
 * REQUEST_TOO_LARGE can't be customised (aws-rest 3.1).
 */
function chooseGatewayResponse(documents: DeploymentDocument['gatewayResponses'], type: GatewayResponseType): GatewayResponseDocument | null {
  if (type === 'REQUEST_TOO_LARGE') return null
  const own = Object.hasOwn(documents, type) ? documents[type] : undefined
  if (own !== undefined) return own
  const { statusCode } = GATEWAY_RESPONSES[type]
  if (statusCode === null) return null
  const fallback = statusCode >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX'
  return Object.hasOwn(documents, fallback) ? (documents[fallback] ?? null) : null
}

function prepare(document: GatewayResponseDocument): ReadyGatewayResponse {
  return {
    statusCode: document.statusCode === null ? null : Number(document.statusCode),
    mapping: compileMapping(document.responseParameters, 'gateway-response'),
    templates: Object.entries(document.responseTemplates).map(([contentType, source]) => ({ contentType, template: compileTextTemplate(source) })),
  }
}
