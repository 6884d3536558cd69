import { AwsV4Signer } from 'aws4fetch'
import type { ServiceCall, ServiceOutcome, UpstreamOutcome, UpstreamRequest } from '../../ports.ts'
import { toEndpoint, toSigningRegion, type EndpointAddress } from '../../semantics/integrations/aws/endpoint.ts'
import type { ServiceRequest } from '../../semantics/integrations/aws/service-request.ts'
import { serviceOf } from '../../semantics/integrations/aws/services.ts'
import { namesRefusedCredentials } from '../../semantics/integrations/aws/service-errors.ts'
import type { AwsIdentity } from '../../semantics/integrations/functions/function-call.ts'
import type { AwsCredentials, AwsEnvironment } from './environment.ts'
import { assumeRole, forgetRole, type CallSts, type CredentialsOutcome, type RoleMemory } from './role-credentials.ts'

/** What the caller needs of the world. */
export interface AwsCallerOptions {
  readonly environment: AwsEnvironment
  readonly roles: RoleMemory
  readonly nowMs: () => number
  readonly send: (request: UpstreamRequest) => Promise<UpstreamOutcome>
  /** The secret of an access key of the account; null when it is not known. */
  readonly secretOf: (accessKeyId: string) => Promise<string | null>
}

/** Calls AWS with SigV4. The time-out covers the credentials too. */
export async function callAws(call: ServiceCall, options: AwsCallerOptions): Promise<ServiceOutcome> {
  const deadlineMs = options.nowMs() + call.timeoutMs
  const outcome = await attempt(call, deadlineMs, options)
  if (call.identity.kind !== 'role' || outcome.kind !== 'answered' || !refusesCredentials(outcome)) return outcome
  // A role's session may end before its time, for example when its trust policy changes: once with fresh credentials, then as it is.
  forgetRole(call.identity.roleArn, options.roles, assumerId(options))
  return attempt(call, deadlineMs, options)
}

async function attempt(call: ServiceCall, deadlineMs: number, options: AwsCallerOptions): Promise<ServiceOutcome> {
  const granted = await credentialsFor(call.identity, call.request.address.region, deadlineMs, options)
  if (granted.kind === 'refused') return { kind: 'no-credentials', cause: granted.cause }
  if (granted.kind === 'timed-out') return granted
  return sendSigned(call.request, granted.credentials, { ...call, timeoutMs: deadlineMs - options.nowMs() }, options)
}

/** Only a body that is in memory can be looked into and still be handed on. */
function refusesCredentials({ response, body }: Extract<ServiceOutcome, { kind: 'answered' }>): boolean {
  if (response.status !== 400 && response.status !== 403) return false
  return namesRefusedCredentials(response.headers, textOf(body))
}

function textOf(body: unknown): string {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : ''
}

async function credentialsFor(identity: AwsIdentity, region: string, deadlineMs: number, options: AwsCallerOptions): Promise<CredentialsOutcome> {
  const { credentials } = options.environment
  switch (identity.kind) {
    case 'caller': {
      const secretAccessKey = await options.secretOf(identity.accessKeyId)
      if (secretAccessKey === null) return { kind: 'refused', cause: `the secret of the caller's key ${identity.accessKeyId} is not known` }
      return { kind: 'granted', credentials: { accessKeyId: identity.accessKeyId, secretAccessKey, sessionToken: identity.sessionToken, expiresAtMs: null } }
    }
    case 'gateway':
    case 'role':
      if (credentials === null) return { kind: 'refused', cause: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set' }
      if (identity.kind === 'gateway') return { kind: 'granted', credentials }
      return assumeRole(identity.roleArn, options.roles, { assumerId: credentials.accessKeyId, nowMs: options.nowMs, callSts: stsCaller(credentials, region, deadlineMs, options) })
    default:
      return identity satisfies never
  }
}

/** An STS answer is some 2 KB. */
const STS_BYTES_MAX = 65_536

function stsCaller(credentials: AwsCredentials, region: string, deadlineMs: number, options: AwsCallerOptions): CallSts {
  return async (body) => {
    const address: EndpointAddress = { service: serviceOf('sts'), hostName: 'sts', region, subdomain: null }
    const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' })
    const request: ServiceRequest = { address, method: 'POST', target: '/', headers, body }
    const take = { wholeUpToBytes: STS_BYTES_MAX, beyond: 'fails' } as const
    const outcome = await sendSigned(request, credentials, { take, timeoutMs: deadlineMs - options.nowMs() }, options)
    if (outcome.kind === 'timed-out') return outcome
    if (outcome.kind !== 'answered') return { kind: 'failed', cause: outcome.cause }
    return { statusCode: outcome.response.status, text: textOf(outcome.body) }
  }
}

/** How a signed request is sent, apart from what it says. */
type Wire = Pick<ServiceCall, 'take' | 'timeoutMs'>

async function sendSigned(
  request: ServiceRequest,
  credentials: AwsCredentials,
  wire: Wire,
  options: AwsCallerOptions,
): Promise<UpstreamOutcome> {
  if (wire.timeoutMs <= 0) return { kind: 'timed-out' }
  const { address, method, target, headers, body } = request
  const url = toEndpoint(address, options.environment.endpointOf(address.service.endpointId)) + target
  const signer = new AwsV4Signer({
    url,
    method,
    headers: await toSignableHeaders(request),
    body,
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken === null ? {} : { sessionToken: credentials.sessionToken }),
    service: address.service.signingName,
    region: toSigningRegion(address),
    datetime: new Date(options.nowMs()).toISOString().replaceAll(/[:-]|\.\d{3}/gu, ''),
  })
  const signed = await signer.sign()
  if (headers.has('content-type')) signed.headers.set('content-type', headers.get('content-type') ?? '')
  return options.send({ url: signed.url.href, method, headers: signed.headers, body, timeoutMs: wire.timeoutMs, take: wire.take })
}

/** S3 wants the hash of the body as a header of its own; without it the signer would leave the body unsigned. */
async function toSignableHeaders({ address, headers, body }: ServiceRequest): Promise<Headers> {
  if (address.service.signingName !== 's3' || headers.has('x-amz-content-sha256')) return headers
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : (body ?? new Uint8Array(0))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const signable = new Headers(headers)
  signable.set('x-amz-content-sha256', [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
  return signable
}

function assumerId(options: AwsCallerOptions): string {
  return options.environment.credentials?.accessKeyId ?? ''
}
