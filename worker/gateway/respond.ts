import { RulesUnavailable } from '../ports.ts'
import { GATEWAY_RESPONSES } from '../semantics/gateway-responses/catalog.ts'
import { renderCustomAnswer, renderDefaultAnswer, type GatewayAnswer, type GatewayError } from '../semantics/gateway-responses/render-gateway-response.ts'
import { toHeaderValue } from '../semantics/integrations/header-value.ts'
import type { MappingSources } from '../semantics/mapping/sources.ts'
import { toRequestParameters } from '../semantics/mapping/request-parameters.ts'
import { compressBody, compressionOf, type Compression } from './compress-answer.ts'
import { toContextVariables } from './context-variables.ts'
import type { MethodResponse, Reached, Throttled } from './exchange.ts'
import { DoorRefusal, GatewayRefusal, type IntegrationNote } from './refusal.ts'

/** What `record` says about a refused request. */
export interface RefusalNote {
  readonly responseType: string
  readonly message: string | null
  /** `$context.error.validationErrorString`; null for what is no failed validation of a body. */
  readonly validationErrorString: string | null
  readonly note: string | null
  /** What is known of the backend, when it is the one that failed. */
  readonly integration: IntegrationNote | null
  /** What the client reads. */
  readonly body: string
  /** How long authorization took before it refused; null when it was not the one that did. */
  readonly authorizationLatencyMs: number | null
}

/** Step 14. Adds the standard headers (aws-rest 15.5) to the method's answer, and compresses it where the API and the client want that (aws-rest 6.11). */
export function respond(matched: Throttled, answer: MethodResponse): Response | Promise<Response> {
  const { headers, statusCode } = answer
  if (!headers.has('content-type')) headers.set('Content-Type', 'application/json')
  if (TRACED.has(matched.method.document.integration.type)) headers.set('X-Amzn-Trace-Id', matched.traceId)
  addStandardHeaders(headers, matched)
  if (matched.rateLimitFields !== null) for (const [name, value] of Object.entries(matched.rateLimitFields)) headers.set(name, value)
  const body = mayHaveBody(matched, statusCode) ? answer.body : null
  const compression = body === null ? null : compressionOf(matched, headers)
  return compression === null ? new Response(body, { status: statusCode, headers }) : respondCompressed({ statusCode, headers, body }, compression)
}

/** Integrations whose answers say their trace; a proxied backend says its own, and a mock none (aws-rest 15.4). */
const TRACED: ReadonlySet<string> = new Set(['HTTP', 'AWS', 'AWS_PROXY'])

async function respondCompressed({ statusCode, headers, body }: MethodResponse, compression: Compression): Promise<Response> {
  const sent = await compressBody(body, compression)
  if (sent.encoding !== null) headers.set('Content-Encoding', sent.encoding)
  // On Workers a body is compressed by its header unless we say that it is already; other runtimes don't know the word.
  const init: ResponseInit & { readonly encodeBody?: 'manual' } = { status: statusCode, headers, ...(sent.encoding === null ? {} : { encodeBody: 'manual' }) }
  return new Response(sent.body, init)
}

/** Step 14 for a request that was refused. Whatever is thrown and is no refusal is a fault of ours: a 500, and the log says why. */
export function refuse(reached: Reached, thrown: unknown): { readonly response: Response; readonly error: RefusalNote } {
  if (thrown instanceof DoorRefusal) return refuseAtDoor(reached, thrown)
  if (thrown instanceof RulesUnavailable) return refuseAtDoor(reached, withoutRules(thrown))
  const refusal = thrown instanceof GatewayRefusal ? thrown : new GatewayRefusal('DEFAULT_5XX', { statusCode: 500, note: describeFault(thrown) })
  const { details } = refusal
  const entry = GATEWAY_RESPONSES[refusal.type]
  const error: GatewayError = {
    type: refusal.type,
    message: details.message === undefined ? entry.message : details.message,
    statusCode: details.statusCode ?? entry.statusCode ?? 500,
    errorType: details.errorType ?? entry.errorType,
  }
  const validationErrorString = details.validationErrorString ?? null
  const answer = renderAnswer(reached, error, validationErrorString)
  const response = toResponse(reached, answer, details.headers)
  const note = { responseType: error.type, message: error.message, validationErrorString, note: details.note ?? null, authorizationLatencyMs: details.authorizationLatencyMs ?? null, integration: details.integration ?? null, body: answer.body }
  return { response, error: note }
}

function renderAnswer(reached: Reached, error: GatewayError, validationErrorString: string | null): GatewayAnswer {
  const ready = reached.deployment?.gatewayResponses(error.type) ?? null
  if (ready === null) return renderDefaultAnswer(error)
  const { headers } = reached.request
  const sources: MappingSources = {
    parameters: toRequestParameters({ pathParameters: reached.pathParameters ?? {}, rawQuery: reached.rawQuery, headers }),
    context: toContextVariables(reached, { error: toErrorVariables(error, validationErrorString) }),
    stageVariables: reached.stageVariables ?? {},
    responseHeaders: null,
    body: null,
  }
  return renderCustomAnswer(error, ready, { accept: headers.get('accept'), sources })
}

/** `$context.error`; `messageString` is the message as JSON, with its quotes (aws-rest 3.3). */
function toErrorVariables(error: GatewayError, validationErrorString: string | null): Readonly<Record<string, string | null>> {
  return { message: error.message, messageString: JSON.stringify(error.message), responseType: error.type, validationErrorString }
}

function toResponse(reached: Reached, answer: GatewayAnswer, more: Readonly<Record<string, string>> = {}): Response {
  const headers = new Headers()
  for (const [name, value] of answer.headers) headers.set(name, toHeaderValue(value))
  for (const [name, value] of Object.entries(more)) headers.set(name, value)
  addStandardHeaders(headers, reached)
  return new Response(mayHaveBody(reached, answer.statusCode) ? answer.body : null, { status: answer.statusCode, headers })
}

/** The one failure of the rules that is expected: they can't be read, and none are held. */
function withoutRules({ note }: RulesUnavailable): DoorRefusal {
  return new DoorRefusal({ statusCode: 503, message: 'Service Unavailable', errorType: 'ServiceUnavailableException', headers: { 'retry-after': '1' }, note })
}

function refuseAtDoor(reached: Reached, { answer }: DoorRefusal): { readonly response: Response; readonly error: RefusalNote } {
  const body = `{"message":${JSON.stringify(answer.message)}}`
  const headers = [['Content-Type', 'application/json'], ['x-amzn-ErrorType', answer.errorType]] as const
  const response = toResponse(reached, { statusCode: answer.statusCode, headers, body }, answer.headers)
  return { response, error: { responseType: answer.errorType, message: answer.message, validationErrorString: null, note: answer.note ?? null, authorizationLatencyMs: null, integration: null, body } }
}

function addStandardHeaders(headers: Headers, reached: Reached): void {
  headers.set('x-amzn-RequestId', reached.requestId)
  headers.set('x-amz-apigw-id', reached.extendedRequestId)
  if (reached.isRevealed) addOrigin(headers, reached)
}

/** For an operator: which deployment answers, at which revision of the stage. */
export function addOrigin(headers: Headers, { stage, deployment, isCanaryRequest }: Reached): void {
  if (stage === undefined || deployment === undefined) return
  headers.set('x-stagedoor-deployment', deployment.document.deploymentId)
  headers.set('x-stagedoor-revision', String(stage.document.revision))
  if (isCanaryRequest === true) headers.set('x-stagedoor-canary', 'true')
}

/** An answer to HEAD has no body, nor have 204, 205 and 304 (RFC 9110 section 6.4.1). */
function mayHaveBody(reached: Reached, statusCode: number): boolean {
  return statusCode !== 204 && statusCode !== 205 && statusCode !== 304 && reached.request.method !== 'HEAD'
}

function describeFault(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
