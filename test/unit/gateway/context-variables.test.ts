import { expect, it } from 'vitest'
import { methodOf, mockOf } from '../../documents.ts'
import { gatewayOf, NOW_MS } from '../../gateway.ts'

it('shows $context in an error of an API, as far as the request came', async () => {
  const names = ['apiId', 'stage', 'path', 'httpMethod', 'requestTime', 'requestTimeEpoch', 'requestId', 'extendedRequestId', 'accountId', 'deploymentId', 'domainName', 'domainPrefix', 'protocol', 'resourcePath', 'identity.sourceIp', 'identity.userAgent', 'identity.user', 'isCanaryRequest', 'error.responseType']
  const template = JSON.stringify(Object.fromEntries(names.map((name) => [name, `\${context.${name}}`])))
  const gateway = gatewayOf(
    { '/a': { GET: methodOf(mockOf()) } },
    { api: { gatewayResponses: { DEFAULT_4XX: { statusCode: null, responseParameters: {}, responseTemplates: { 'application/json': template } } } } },
  )
  const answer = await gateway.ask('/none', { headers: { 'User-Agent': 'agent', 'x-amzn-requestid': '11111111-2222-4333-8444-555555555555' } })
  expect(await answer.json()).toEqual({
    apiId: 'test',
    stage: 'dev',
    path: '/dev/none',
    httpMethod: 'GET',
    requestTime: '12/Jun/2023:18:05:10 +0000',
    requestTimeEpoch: String(NOW_MS),
    requestId: '11111111-2222-4333-8444-555555555555',
    extendedRequestId: answer.headers.get('x-amz-apigw-id'),
    accountId: '123456789012',
    deploymentId: '0123456789abcdef0123',
    domainName: 'gateway.test',
    domainPrefix: 'gateway',
    protocol: 'HTTP/1.1',
    resourcePath: '',
    'identity.sourceIp': '127.0.0.1',
    'identity.userAgent': 'agent',
    'identity.user': '',
    isCanaryRequest: '',
    'error.responseType': 'MISSING_AUTHENTICATION_TOKEN',
  })
})
