import type { ContextValue, ContextVariables } from '../../worker/semantics/templates/template-scope.ts'

/** What is known of the method whose template is tried. */
export type SampleMethod = {
  readonly apiId: string
  readonly accountId: string
  readonly stage: string
  readonly httpMethod: string
  readonly resourceId: string
  readonly resourcePath: string
}

const NO_METHOD: SampleMethod = { apiId: 'api', accountId: '123456789012', stage: 'stage', httpMethod: 'POST', resourceId: 'resource', resourcePath: '/' }

/**
 * `$context` of a request that never was: the same at every run, so that golden files stay as they are. What the event says of
 * `$context` goes over it, member by member.
 */
export function toSampleContext(given: ContextVariables, method: SampleMethod = NO_METHOD): ContextVariables {
  const { identity, ...others } = given
  return {
    resourceId: method.resourceId,
    resourcePath: method.resourcePath,
    httpMethod: method.httpMethod,
    extendedRequestId: 'SampleRequest=',
    requestTime: '01/Jan/2026:00:00:00 +0000',
    path: `/${method.stage}${method.resourcePath}`,
    accountId: method.accountId,
    protocol: 'HTTP/1.1',
    stage: method.stage,
    domainPrefix: method.apiId,
    requestTimeEpoch: 1_767_225_600_000,
    requestId: '00000000-0000-4000-8000-000000000000',
    domainName: `${method.apiId}.execute-api.localhost`,
    deploymentId: 'sample',
    apiId: method.apiId,
    ...others,
    identity: { sourceIp: '127.0.0.1', userAgent: 'stagedoor', ...toMembers(identity) },
  }
}

function toMembers(value: ContextValue | undefined): Readonly<Record<string, ContextValue | undefined>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
