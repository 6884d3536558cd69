import type { CredentialDocument } from '../../kv-schemas/documents/access.ts'
import type { AccountDocument, DomainDocument } from '../../kv-schemas/documents/account.ts'
import type { MethodSetting } from '../../kv-schemas/rule-files/stage.ts'
import type { ProvenApiKey } from '../semantics/api-keys/check-api-key.ts'
import type { AuthorizerGrant } from '../semantics/authorizers/lambda/authorizer-answer.ts'
import type { OpenDeployment } from '../semantics/compile/open-deployment.ts'
import type { ReadyMethod } from '../semantics/compile/ready-method.ts'
import type { ServiceRequest } from '../semantics/integrations/aws/service-request.ts'
import type { AwsIdentity, FunctionCall } from '../semantics/integrations/functions/function-call.ts'
import type { RequestParameters } from '../semantics/mapping/request-parameters.ts'
import type { Overrides } from '../semantics/templates/template-scope.ts'
import type { Policy } from '../semantics/policy/compile-policy.ts'
import type { PrivateNetwork } from '../semantics/policy/request-context.ts'
import type { CanonicalPath } from '../semantics/routing/canonical-path.ts'
import type { OpenStage } from '../semantics/stages/open-stage.ts'
import type { Body } from '../ports.ts'
import type { RequestBody } from './request-body.ts'

/** What `receive` proves: one request, read once into the gateway's words. */
export interface Received {
  readonly request: Request
  /** The names of the client's headers, lower case. */
  readonly headerNames: readonly string[]
  /** The length of the client's headers, names and values, in bytes. */
  readonly headerBytes: number
  readonly requestId: string
  readonly extendedRequestId: string
  readonly receivedAtMs: number
  /** The method that routes: the client's, or its X-HTTP-Method-Override (aws-rest 1.4). */
  readonly httpMethod: string
  /** Lower case, without a port. */
  readonly host: string
  /** The path of the URL in canonical spelling, before the stage or a base path is taken off. */
  readonly fullPath: CanonicalPath
  /** The query string as it was sent, without its question mark. */
  readonly rawQuery: string
  readonly sourceIp: string
  readonly traceId: string
  readonly body: RequestBody
  /** The private network that the request comes from; null when it comes from the internet. */
  readonly privateNetwork: PrivateNetwork | null
  /** Whether the answer names the deployment that made it. */
  readonly isRevealed: boolean
}

/** What `resolveStage` proves: the API, the stage, and the side of the canary. */
export interface Resolved extends Received {
  readonly account: AccountDocument
  readonly stage: OpenStage
  readonly deployment: OpenDeployment
  /** Null when the stage has no canary (aws-rest 8.4). */
  readonly isCanaryRequest: boolean | null
  readonly stageVariables: Readonly<Record<string, string>>
  /** The path that the resource tree is matched against. */
  readonly resourceRequestPath: CanonicalPath
  /** `$context.path`: the stage and the path, as Amazon shows it (aws-rest 1.4). */
  readonly contextPath: string
  /** `event.path`: leading double slashes collapsed, a base path kept (aws-rest 1.4, 14). */
  readonly eventPath: string
  readonly domainName: string
  readonly domainPrefix: string
  /** The custom domain and the base path that matched; null at the default host. */
  readonly customDomain: { readonly domain: DomainDocument; readonly basePathMatched: string } | null
}

/** What `matchMethod` proves: the method that answers. */
export interface Matched extends Resolved {
  readonly method: ReadyMethod
  readonly pathParameters: Readonly<Record<string, string>>
  /** The parameters of the client's request, with the headers that the gateway adds. */
  readonly parameters: () => RequestParameters
  /** The stage's settings for this method: its own, or those of all methods. */
  readonly settings: MethodSetting
  /** The body as it came over the wire: what a signature covers. */
  readonly wireBody: RequestBody
}

/** What `checkPolicy` proves: the resource policy does not stand against the call, as far as it can be asked before the caller is known. */
export interface Guarded extends Matched {
  /** The ARN of the call, and those of other readings of its path; null when no policy is ever asked. */
  readonly methodArns: readonly [string, ...string[]] | null
}

/** A principal that signed the request. */
export interface IamCaller {
  readonly kind: 'iam'
  readonly credential: CredentialDocument
  /** What the principal may do. */
  readonly policies: readonly Policy[]
  /** The session token that came with the signature. */
  readonly sessionToken: string | null
}

/** A caller whom a Lambda authorizer let in. */
export interface FunctionCaller {
  readonly kind: 'function'
  readonly grant: AuthorizerGrant
  /** How long the function took; 0 when its result was kept from before. */
  readonly integrationLatencyMs: number
  /** Amazon's id of the call; null when there was none, or nobody told. */
  readonly functionRequestId: string | null
}

/** A caller with a verified token. */
export interface ClaimsCaller {
  readonly kind: 'claims'
  readonly claims: Readonly<Record<string, string>>
}

/** Who calls. */
export type Caller = IamCaller | FunctionCaller | ClaimsCaller

/** What `authorize` proves: the caller, null where a method asks for none. */
export interface Authorized extends Guarded {
  readonly caller: Caller | null
  /** How long that took; absent where a method asks for nobody. */
  readonly authorizationLatencyMs?: number
}

/** An API key in use, and the plan that it is used under. `value` is a secret: it goes to backends that ask for it, never to a log. */
export interface UsedApiKey extends ProvenApiKey {
  readonly value: string
}

/** What `checkApiKey` proves: the key, null where a method requires none. */
export interface Keyed extends Authorized {
  readonly apiKey: UsedApiKey | null
}

/** The request as the backend gets it. */
export type IntegrationRequest = (
  | HttpRequest
  | { readonly kind: 'mock'; readonly statusCode: number }
  | FunctionProxyRequest
  /** A function called with what the mapping made (type AWS). */
  | { readonly kind: 'function'; readonly call: FunctionCall }
  | ServiceCallRequest
) & {
  /** What the request template left in `$context.requestOverride` and `$context.responseOverride`, for the answer (aws-rest 7.6). */
  readonly overrides?: Overrides
}

/** A request to an HTTP backend. */
export interface HttpRequest {
  readonly kind: 'http'
  readonly overrides?: Overrides
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: Body
}

/** A function called with the event of payload format 1.0 (type AWS_PROXY). */
export interface FunctionProxyRequest {
  readonly kind: 'function-proxy'
  readonly call: FunctionCall
  /** Whether the function is called by the streaming API and its answer flows (aws-rest 6.10). */
  readonly isStreaming: boolean
}

/** A call of an AWS service (type AWS, or AWS_PROXY with Firehose). */
export interface ServiceCallRequest {
  readonly kind: 'service'
  readonly request: ServiceRequest
  readonly identity: AwsIdentity
}

/** What the backend answered. */
export interface IntegrationResponse {
  readonly statusCode: number
  readonly headers: Headers
  readonly body: Body
  /** From sending the request to the headers of the answer, in milliseconds. */
  readonly latencyMs: number
  /** What selection patterns are tested against, when it is not the status: a function's `errorMessage`, or nothing (aws-rest 6.4). */
  readonly selectionText?: string
  /** The status of the service that was called, when it is not that of its answer: Lambda's own (aws-rest 15.1). */
  readonly integrationStatus?: number
  /** Amazon's id of the call (`$context.awsEndpointRequestId`). */
  readonly endpointRequestId?: string
  /** How often the backend was asked, when a rule of retries made it more than once. */
  readonly attempts?: number
}

/** The answer as the client gets it, before the standard headers. */
export interface MethodResponse {
  readonly statusCode: number
  readonly headers: Headers
  readonly body: Body
}

/** What `throttle` proves: every limit let the request through. */
export interface Throttled extends Keyed {
  /** The RateLimit fields of the answer; null when no limit but the account's applies, or the stage does not want them. */
  readonly rateLimitFields: Readonly<Record<string, string>> | null
}

/** How far a request came: what is known for its answer and its log line. */
export type Reached = Received & Partial<Omit<Throttled, keyof Received>>
