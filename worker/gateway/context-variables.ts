import type { ContextMap } from '../semantics/mapping/context-value.ts'
import { toRequestTime } from '../semantics/access-log/request-time.ts'
import type { Reached } from './exchange.ts'

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
  return {
    cognitoIdentityPoolId: null,
    accountId: null,
    cognitoIdentityId: null,
    caller: null,
    sourceIp: reached.sourceIp,
    principalOrgId: null,
    accessKey: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: null,
    userAgent: reached.request.headers.get('user-agent'),
    user: null,
  }
}

/** Variables that exist for some requests only. */
function toOptional(reached: Reached): ContextMap {
  const operationName = reached.method?.document.operationName ?? null
  return {
    ...(operationName === null ? {} : { operationName }),
    ...(typeof reached.isCanaryRequest === 'boolean' ? { isCanaryRequest: reached.isCanaryRequest } : {}),
  }
}
