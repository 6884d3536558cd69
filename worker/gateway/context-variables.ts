import type { ContextMap } from '../semantics/mapping/context-value.ts'
import { toRequestTime } from '../semantics/access-log/request-time.ts'
import type { Caller, Reached } from './exchange.ts'

/**
 * `$context` of a request, from what has been proved so far (aws-rest 7.4). Keys stand in the order in which Amazon lists them; what is not known (yet) is absent.
 * `more` adds what belongs to one reader alone, such as `error` in gateway responses.
 */
export function toContextVariables(reached: Reached, more: ContextMap = {}): ContextMap {
  const { method, stage, deployment, account } = reached
  return {
    ...(method === undefined ? {} : { resourceId: method.resourceId, resourcePath: method.resourcePath }),
    httpMethod: reached.httpMethod,
    extendedRequestId: reached.extendedRequestId,
    requestTime: toRequestTime(reached.receivedAtMs),
    path: reached.contextPath ?? reached.fullPath,
    ...(account === undefined ? {} : { accountId: account.accountId }),
    protocol: 'HTTP/1.1',
    requestOverride: EMPTY_REQUEST_OVERRIDE,
    ...(stage === undefined ? {} : { stage: stage.document.stageName }),
    ...(reached.domainPrefix === undefined ? {} : { domainPrefix: reached.domainPrefix }),
    requestTimeEpoch: reached.receivedAtMs,
    requestId: reached.requestId,
    identity: toIdentity(reached),
    ...(reached.domainName === undefined ? {} : { domainName: reached.domainName }),
    ...(deployment === undefined ? {} : { deploymentId: deployment.document.deploymentId }),
    responseOverride: EMPTY_RESPONSE_OVERRIDE,
    ...(deployment === undefined ? {} : { apiId: deployment.document.apiId }),
    ...toOptional(reached),
    ...more,
  }
}

const EMPTY_REQUEST_OVERRIDE: ContextMap = { path: {}, header: {}, querystring: {} }
const EMPTY_RESPONSE_OVERRIDE: ContextMap = { header: {} }

/** Who calls; Amazon shows every key, with null where it does not know (aws-rest 6.2). */
function toIdentity(reached: Reached): ContextMap {
  const signed = reached.caller?.kind === 'iam' ? reached.caller.credential : null
  const apiKey = reached.apiKey ?? null
  const network = reached.privateNetwork
  return {
    cognitoIdentityPoolId: null,
    accountId: signed?.accountId ?? null,
    cognitoIdentityId: null,
    ...(apiKey === null ? {} : { apiKey: apiKey.value, apiKeyId: apiKey.apiKeyId }),
    caller: signed?.userId ?? null,
    sourceIp: reached.sourceIp,
    principalOrgId: signed?.principalOrgId ?? null,
    accessKey: signed?.accessKeyId ?? null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: signed?.arn ?? null,
    userAgent: reached.request.headers.get('user-agent'),
    user: signed?.userId ?? null,
    ...(network === null ? {} : { vpceId: network.vpceId, vpcId: network.vpcId }),
  }
}

/** Variables that exist for some requests only. */
function toOptional(reached: Reached): ContextMap {
  const operationName = reached.method?.document.operationName ?? null
  const authorizer = toAuthorizer(reached.caller ?? null)
  return {
    ...(authorizer === null ? {} : { authorizer }),
    ...(operationName === null ? {} : { operationName }),
    ...(typeof reached.isCanaryRequest === 'boolean' ? { isCanaryRequest: reached.isCanaryRequest } : {}),
  }
}

/** What an authorizer told of the caller: its own context, or the claims of a token (aws-rest 6.2). */
export function toAuthorizer(caller: Caller | null): ContextMap | null {
  switch (caller?.kind) {
    case 'function':
      return { ...caller.grant.context, principalId: caller.grant.principalId, integrationLatency: caller.integrationLatencyMs }
    case 'claims':
      return { claims: caller.claims }
    case 'iam':
    case undefined:
      return null
    default:
      return caller satisfies never
  }
}

/** `$context` as a log may show it: of the API key no more than its last six characters, as Amazon's own log lines have it (aws-rest 10.1). */
export function toLoggedContext(reached: Reached, more: ContextMap): ContextMap {
  const apiKey = reached.apiKey ?? null
  if (apiKey === null) return toContextVariables(reached, more)
  return toContextVariables(reached, { ...more, identity: { ...toIdentity(reached), apiKey: `**********${apiKey.value.slice(-6)}` } })
}
