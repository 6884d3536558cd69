import { describe, expect, test } from 'vitest'
import type { DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../../kv-schemas/documents/stage.ts'
import { integrationOf, methodOf, type Resources } from '../../../documents.ts'
import { eventOf, functionsOf, returned } from '../../../functions.ts'
import { gatewayOf } from '../../../gateway.ts'

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:echo'
const lambda = (functionArn = FUNCTION) => integrationOf({ type: 'AWS_PROXY', httpMethod: 'POST', uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations` })
const RESOURCES: Resources = { '/': { ANY: methodOf(lambda()) }, '/{proxy+}': { ANY: methodOf(lambda()) }, '/hardcoded': { GET: methodOf(lambda(), { operationName: 'getHardcoded' }) } }

interface Setting {
  readonly api?: Partial<DeploymentDocument>
  readonly stage?: Partial<StageDocument>
  readonly resources?: Resources
}

async function eventFor(path: string, init: RequestInit = {}, { api = {}, stage = {}, resources = RESOURCES }: Setting = {}): Promise<Readonly<Record<string, unknown>>> {
  const { functions, calls } = functionsOf(() => returned('{}'))
  const response = await gatewayOf(resources, { api, stage, ports: { functions } }).ask(path, init)
  expect(response.status).toBe(200)
  return eventOf(calls[0])
}

test('an event of payload format 1.0, key by key (aws-rest 6.2)', async () => {
  const event = await eventFor('/proxy-value?category=electronics&category=books', {
    method: 'POST',
    headers: { Accept: '*/*', 'User-Agent': 'agent/1', 'Content-Type': 'application/json', 'x-amzn-requestid': '11111111-2222-4333-8444-555555555555', 'x-amzn-trace-id': 'Root=1-64875f56-0123456789abcdef01234567' },
    body: '{"a":1}',
  }, { api: { endpointConfiguration: { type: 'REGIONAL', vpcEndpointIds: [] } } })
  const traceId = expect.stringMatching(/^Root=1-64875f56-0123456789abcdef01234567;Parent=[0-9a-f]{16};Sampled=0$/u)
  const headers = {
    Accept: '*/*', 'Content-Type': 'application/json', 'User-Agent': 'agent/1', 'X-Amzn-Requestid': '11111111-2222-4333-8444-555555555555', 'X-Amzn-Trace-Id': traceId,
    'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Port': '80', 'X-Forwarded-Proto': 'http',
  }
  expect(event).toEqual({
    resource: '/{proxy+}',
    path: '/proxy-value',
    httpMethod: 'POST',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: { category: 'books' },
    multiValueQueryStringParameters: { category: ['electronics', 'books'] },
    pathParameters: { proxy: 'proxy-value' },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012', apiId: 'test', deploymentId: '0123456789abcdef0123', domainName: 'gateway.test', domainPrefix: 'gateway',
      extendedRequestId: expect.stringMatching(/=$/u), httpMethod: 'POST',
      identity: {
        accessKey: null, accountId: null, caller: null, cognitoAuthenticationProvider: null, cognitoAuthenticationType: null, cognitoIdentityId: null,
        cognitoIdentityPoolId: null, principalOrgId: null, sourceIp: '127.0.0.1', user: null, userAgent: 'agent/1', userArn: null,
      },
      path: '/dev/proxy-value', protocol: 'HTTP/1.1', requestId: '11111111-2222-4333-8444-555555555555', requestTime: '12/Jun/2023:18:05:10 +0000',
      requestTimeEpoch: 1_686_593_110_123, resourceId: 'resource1', resourcePath: '/{proxy+}', stage: 'dev',
    },
    body: '{"a":1}',
    isBase64Encoded: false,
  })
})

describe('paths and parameters as they were sent (aws-rest 1.4)', () => {
  const rows = [
    { ask: '/proxy-value/', path: '/proxy-value/', pathParameters: { proxy: 'proxy-value' } },
    { ask: '/proxy-value//double', path: '/proxy-value//double', pathParameters: { proxy: 'proxy-value//double' } },
    { ask: '//proxy-value', path: '/proxy-value', pathParameters: { proxy: 'proxy-value' } },
    { ask: '//hardcoded', path: '/hardcoded', pathParameters: null },
    { ask: '/a/test%2Balias@gmail.com/test+alias@gmail.com', path: '/a/test%2Balias@gmail.com/test+alias@gmail.com', pathParameters: { proxy: 'a/test%2Balias@gmail.com/test+alias@gmail.com' } },
    { ask: '/', path: '/', pathParameters: null },
    { ask: '', path: '/', pathParameters: null },
  ]
  test.each(rows)('$ask', async ({ ask, ...expected }) => {
    expect(await eventFor(ask)).toMatchObject(expected)
  })
})

describe('query strings are decoded', () => {
  const rows = [
    { query: '', single: null, multi: null },
    { query: '?a=1+2&b=%2B', single: { a: '1 2', b: '+' }, multi: { a: ['1 2'], b: ['+'] } },
    { query: '?a', single: { a: '' }, multi: { a: [''] } },
    { query: '?date=2023-06-12T18:05:10+00:00', single: { date: '2023-06-12T18:05:10 00:00' }, multi: { date: ['2023-06-12T18:05:10 00:00'] } },
    { query: '?__proto__=x', single: Object.fromEntries([['__proto__', 'x']]), multi: Object.fromEntries([['__proto__', ['x']]]) },
  ]
  test.each(rows)('$query', async ({ query, single, multi }) => {
    const event = await eventFor(`/a${query}`)
    expect(JSON.stringify(event['queryStringParameters'])).toBe(JSON.stringify(single))
    expect(JSON.stringify(event['multiValueQueryStringParameters'])).toBe(JSON.stringify(multi))
  })
})

describe('headers', () => {
  const rows = [
    { name: 'spelled as HTTP/1.1 clients do', sent: { 'x-custom-header': 'a', 'AUTHORIZATION': 'Bearer x' }, shown: { 'X-Custom-Header': 'a', Authorization: 'Bearer x' }, hidden: ['x-custom-header'] },
    { name: 'without what the gateway drops', sent: { connection: 'x', te: 'trailers', expect: 'x', 'max-forwards': '1', 'content-md5': 'x' }, shown: {}, hidden: ['Connection', 'Te', 'TE', 'Expect', 'Max-Forwards', 'Content-Md5'] },
    { name: 'with a content encoding and Via', sent: { 'content-encoding': 'identity', via: '1.1 x' }, shown: { 'Content-Encoding': 'identity', Via: '1.1 x' }, hidden: [] },
    { name: 'without a signature meant for the gateway', sent: { authorization: 'AWS4-HMAC-SHA256 Credential=x', 'x-amz-date': 'd' }, shown: { 'X-Amz-Date': 'd' }, hidden: ['Authorization'] },
    { name: "without the edge's own", sent: { 'cf-ray': 'x', 'cf-connecting-ip': '9.9.9.9', 'x-real-ip': 'x' }, shown: { 'X-Forwarded-For': '9.9.9.9' }, hidden: ['Cf-Ray', 'Cf-Connecting-Ip', 'X-Real-Ip'] },
    { name: 'with the chain of proxies', sent: { 'x-forwarded-for': '1.1.1.1' }, shown: { 'X-Forwarded-For': '1.1.1.1, 127.0.0.1' }, hidden: [] },
    { name: 'with the chain as Cloudflare completed it', sent: { 'x-forwarded-for': '1.1.1.1, 9.9.9.9', 'cf-connecting-ip': '9.9.9.9' }, shown: { 'X-Forwarded-For': '1.1.1.1, 9.9.9.9' }, hidden: [] },
    {
      name: 'with the viewer of an edge-optimised API', sent: { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 16_0) Mobile/15E148', 'cf-ipcountry': 'DE' },
      shown: { 'CloudFront-Viewer-Country': 'DE', 'CloudFront-Is-Mobile-Viewer': 'true', 'CloudFront-Is-Desktop-Viewer': 'false', 'CloudFront-Is-SmartTV-Viewer': 'false', 'CloudFront-Is-Tablet-Viewer': 'false', 'CloudFront-Forwarded-Proto': 'http' },
      hidden: ['Cf-Ipcountry'],
    },
  ]
  test.each(rows)('$name', async ({ sent, shown, hidden }) => {
    const headers = (await eventFor('/a', { headers: new Headers(Object.entries(sent)) }))['headers'] as Record<string, string>
    expect(headers).toMatchObject(shown)
    for (const name of hidden) expect(headers).not.toHaveProperty([name])
  })

  test('a regional API tells nothing of the viewer', async () => {
    const event = await eventFor('/a', {}, { api: { endpointConfiguration: { type: 'REGIONAL', vpcEndpointIds: [] } } })
    expect(JSON.stringify(event)).not.toContain('CloudFront')
  })
})

describe('bodies', () => {
  const BYTES = Uint8Array.of(0xff, 0xd8, 0x00, 0x80)
  const rows = [
    { name: 'none', type: 'application/json', types: [], sent: undefined, body: null, isBase64Encoded: false },
    { name: 'an empty one is none', type: 'application/json', types: ['*/*'], sent: '', body: null, isBase64Encoded: false },
    { name: 'text', type: 'text/plain', types: ['image/png'], sent: 'grüße', body: 'grüße', isBase64Encoded: false },
    { name: 'a binary type', type: 'image/png', types: ['image/png'], sent: BYTES, body: '/9gAgA==', isBase64Encoded: true },
    { name: 'a binary type with parameters', type: 'Image/PNG; x=y', types: ['image/png'], sent: BYTES, body: '/9gAgA==', isBase64Encoded: true },
    { name: 'a family of types', type: 'image/png', types: ['image/*'], sent: BYTES, body: '/9gAgA==', isBase64Encoded: true },
    { name: 'an entry with a star before its slash matches nothing', type: 'image/png', types: ['*/png'], sent: 'x', body: 'x', isBase64Encoded: false },
    { name: 'all types', type: 'text/plain', types: ['*/*'], sent: 'hi', body: 'aGk=', isBase64Encoded: true },
    { name: 'bytes that are no text, of a type that is not binary', type: 'image/png', types: [], sent: BYTES, body: '��\u0000�', isBase64Encoded: false },
    { name: 'a byte order mark stays', type: 'text/plain', types: [], sent: Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), body: '\ufeffa', isBase64Encoded: false },
  ]
  test.each(rows)('$name', async ({ type, types, sent, body, isBase64Encoded }) => {
    const event = await eventFor('/a', { method: 'POST', headers: { 'content-type': type }, ...(sent === undefined ? {} : { body: sent }) }, { api: { binaryMediaTypes: types } })
    expect(event).toMatchObject({ body, isBase64Encoded })
  })

  test('a large binary body', async () => {
    const sent = new Uint8Array(1_000_000).fill(7)
    const event = await eventFor('/a', { method: 'POST', headers: { 'content-type': 'image/png' }, body: sent }, { api: { binaryMediaTypes: ['image/png'] } })
    expect(event['body']).toBe(Buffer.from(sent).toString('base64'))
  })

  test('an event beyond what Lambda takes is refused before it is sent', async () => {
    const { functions, calls } = functionsOf(() => returned('{}'))
    const response = await gatewayOf(RESOURCES, { ports: { functions } }).ask('/a', { method: 'POST', body: 'x'.repeat(6_291_456) })
    expect(response.status).toBe(413)
    expect(calls).toHaveLength(0)
  })
})

test('the stage tells of its variables, the method of its name', async () => {
  const event = await eventFor('/hardcoded', {}, { stage: { variables: { alias: 'live' } } })
  expect(event['stageVariables']).toEqual({ alias: 'live' })
  expect(event['requestContext']).toMatchObject({ operationName: 'getHardcoded' })
  expect(event['requestContext']).not.toHaveProperty('isCanaryRequest')
})

describe('the function', () => {
  const rows = [
    { name: 'as the ARN names it', arn: FUNCTION, variables: {}, called: FUNCTION },
    { name: 'by a stage variable', arn: 'arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.fn}', variables: { fn: 'orders' }, called: 'arn:aws:lambda:us-east-1:123456789012:function:orders' },
    { name: 'with an alias from a stage variable', arn: `${FUNCTION}:\${stageVariables.alias}`, variables: { alias: 'live' }, called: `${FUNCTION}:live` },
    { name: 'with a version', arn: `${FUNCTION}:42`, variables: {}, called: `${FUNCTION}:42` },
  ]
  test.each(rows)('$name', async ({ arn, variables, called }) => {
    const { functions, calls } = functionsOf(() => returned('{}'))
    await gatewayOf({ '/a': { GET: methodOf(lambda(arn)) } }, { stage: { variables }, ports: { functions } }).ask('/a')
    expect(calls[0]).toMatchObject({ functionArn: called, invocationType: 'RequestResponse', identity: { kind: 'gateway' }, timeoutMs: 29_000, apiId: 'test' })
  })

  test('with a role from a stage variable', async () => {
    const { functions, calls } = functionsOf(() => returned('{}'))
    const integration = { ...lambda(), credentials: 'arn:aws:iam::123456789012:role/${stageVariables.role}' }
    await gatewayOf({ '/a': { GET: methodOf(integration) } }, { stage: { variables: { role: 'caller' } }, ports: { functions } }).ask('/a')
    expect(calls[0]?.identity).toEqual({ kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/caller' })
  })
})
