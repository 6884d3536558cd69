import { describe, expect, test } from 'vitest'
import { integrationOf, methodOf } from '../../../documents.ts'
import { functionsOf, returned, threw } from '../../../functions.ts'
import { gatewayOf } from '../../../gateway.ts'
import type { FunctionOutcome } from '../../../../worker/semantics/integrations/functions/function-call.ts'

const URI = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations'
const lambda = integrationOf({ type: 'AWS_PROXY', httpMethod: 'POST', uri: URI })

function gatewayAnswering(outcome: FunctionOutcome, binaryMediaTypes: readonly string[] = []) {
  return gatewayOf({ '/a': { ANY: methodOf(lambda) } }, { api: { binaryMediaTypes: [...binaryMediaTypes] }, ports: { functions: functionsOf(() => outcome).functions } })
}

describe('answers that Amazon takes (aws-rest 6.2)', () => {
  const rows = [
    { payload: '{"statusCode":200}', status: 200, body: '' },
    { payload: '{}', status: 200, body: '' },
    { payload: '{"headers":{"X-A":"1"}}', status: 200, body: '', headers: { 'x-a': '1' } },
    { payload: '{"statusCode":"201"}', status: 201, body: '' },
    { payload: '{"statusCode":404,"body":"no"}', status: 404, body: 'no' },
    { payload: '{"body":"{\\"a\\":1}"}', status: 200, body: '{"a":1}' },
    { payload: '{"body":null,"headers":null,"multiValueHeaders":null,"statusCode":null,"isBase64Encoded":null}', status: 200, body: '' },
    { payload: '{"headers":{"X-A":true,"X-B":false}}', status: 200, body: '', headers: { 'x-a': 'true', 'x-b': 'false' } },
    { payload: '{"multiValueHeaders":{"X-A":["1","2"]}}', status: 200, body: '', headers: { 'x-a': '1, 2' } },
    { payload: '{"headers":{"x-a":"3"},"multiValueHeaders":{"X-A":["1","2"]}}', status: 200, body: '', headers: { 'x-a': '1, 2, 3' } },
    { payload: '{"headers":{"x-a":"2"},"multiValueHeaders":{"X-A":["1","2"]}}', status: 200, body: '', headers: { 'x-a': '1, 2' } },
    { payload: '{"headers":{"Content-Type":"text/html"},"body":"<p>"}', status: 200, body: '<p>', headers: { 'content-type': 'text/html' } },
    { payload: '{"body":"x"}', status: 200, body: 'x', headers: { 'content-type': 'application/json' } },
    { payload: '{"headers":{"Date":"d","Server":"s","Connection":"c","Content-Length":"9","WWW-Authenticate":"Basic"}}', status: 200, body: '', headers: { 'x-amzn-remapped-date': 'd', 'x-amzn-remapped-server': 's', 'x-amzn-remapped-connection': 'c', 'x-amzn-remapped-content-length': '9', 'x-amzn-remapped-www-authenticate': 'Basic', 'www-authenticate': null } },
    { payload: '{"headers":{"Transfer-Encoding":"chunked"}}', status: 200, body: '', headers: { 'transfer-encoding': null } },
    { payload: '{"statusCode":204,"body":"x"}', status: 204, body: '' },
    { payload: '{"headers":{"X-A":"a\\r\\nSet-Cookie: b"}}', status: 200, body: '', headers: { 'x-a': 'a  Set-Cookie: b', 'set-cookie': null } },
    { payload: '{"headers":{"X-A":"grün"}}', status: 200, body: '', headers: { 'x-a': 'gr%C3%BCn' } },
    { payload: '{"body":"","headers":{"__proto__":"x"}}', status: 200, body: '', headers: { '__proto__': 'x' } },
  ]
  test.each(rows)('$payload', async ({ payload, status, body, headers = {} }) => {
    const response = await gatewayAnswering(returned(payload)).ask('/a')
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(body)
    for (const [name, value] of Object.entries(headers)) expect([name, response.headers.get(name)]).toEqual([name, value])
  })

  test('cookies stay apart', async () => {
    const response = await gatewayAnswering(returned('{"multiValueHeaders":{"Set-Cookie":["a=1; Path=/","b=2"]}}')).ask('/a')
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
  })
})

describe('answers that are malformed: 502', () => {
  const payloads = [
    '{"statusCode":200,"wrongValue":1}', '{"statusCode":"test"}', '{"statusCode":99}', '{"statusCode":600}', '{"statusCode":200.5}', '{"statusCode":{}}', '{"statusCode":true}', '{"statusCode":""}',
    '"justAString"', 'null', '[]', '7', 'true', 'not json', '', '{"statusCode":200', '{"errorMessage":"e","errorType":"E"}', '{"headers":{"X-A":1}}', '{"headers":{"X-A":{}}}', '{"headers":{"X-A":null}}',
    '{"headers":{"X-A":["1"]}}', '{"headers":"x"}', '{"headers":[]}', '{"multiValueHeaders":{"X-A":"x"}}', '{"multiValueHeaders":{"X-A":[{}]}}', '{"multiValueHeaders":{"X-A":[null]}}', '{"multiValueHeaders":[]}',
    '{"body":{}}', '{"body":1}', '{"body":[]}', '{"body":true}', '{"isBase64Encoded":1}', '{"isBase64Encoded":"true"}', '{"headers":{"":"x"}}', '{"headers":{"a b":"x"}}', '{"cookies":["a=1"]}', '{"headers":{"x:y":"1"}}', '{"StatusCode":200}',
  ]
  test.each(payloads)('%s', async (payload) => {
    const gateway = gatewayAnswering(returned(payload))
    const response = await gateway.ask('/a')
    expect(response.status).toBe(502)
    expect(await response.text()).toBe('{"message": "Internal server error"}')
    expect(response.headers.get('x-amzn-errortype')).toBe('InternalServerErrorException')
    expect(gateway.lines[0]).toMatchObject({ status: 502, cause: expect.stringContaining('Malformed Lambda proxy response') })
  })
})

describe('bodies in base64 (aws-rest 6.2)', () => {
  const PNG = '{"body":"/9gAgA==","isBase64Encoded":true,"headers":{"Content-Type":"image/png"}}'
  const DECODED = [0xff, 0xd8, 0x00, 0x80]
  const RAW = [...new TextEncoder().encode('/9gAgA==')]
  const rows = [
    { name: 'are decoded when the first accepted type is binary', accept: 'image/png', types: ['image/png'], expected: DECODED },
    { name: 'with parameters', accept: 'image/png;q=0.9, text/html', types: ['image/png'], expected: DECODED },
    { name: 'are sent as they are when it is not', accept: 'text/html, image/png', types: ['image/png'], expected: RAW },
    { name: 'without Accept', accept: null, types: ['image/png'], expected: RAW },
    { name: 'a family in Accept matches no single type', accept: 'image/*', types: ['image/png'], expected: RAW },
    { name: 'a family in Accept matches the same family', accept: 'image/*', types: ['image/*'], expected: DECODED },
    { name: 'everything is binary', accept: null, types: ['*/*'], expected: DECODED },
    { name: 'any type accepted is no binary type', accept: '*/*', types: ['image/*'], expected: RAW },
    { name: 'the type of the answer does not matter', accept: 'application/x', types: ['image/png'], expected: RAW },
  ]
  test.each(rows)('$name', async ({ accept, types, expected }) => {
    const response = await gatewayAnswering(returned(PNG), types).ask('/a', { headers: accept === null ? {} : { accept } })
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual(expected)
  })

  test('what is not base64 is a 500', async () => {
    const response = await gatewayAnswering(returned('{"body":"%%%","isBase64Encoded":true}'), ['*/*']).ask('/a')
    expect(response.status).toBe(500)
  })
})

describe('functions that fail, and calls that never came to one (aws-websocket-and-services D5)', () => {
  const rows: readonly { name: string; outcome: FunctionOutcome; status: number; body: string; cause: string }[] = [
    { name: 'a thrown error', outcome: threw('{"errorType":"Error","errorMessage":"secret text","trace":["x"]}'), status: 502, body: '{"message": "Internal server error"}', cause: 'Lambda execution failed with status 200 due to customer function error: secret text. Lambda request id: lambda-request' },
    { name: "the function's own time-out", outcome: threw('{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: x Error: Task timed out after 1.00 seconds"}'), status: 502, body: '{"message": "Internal server error"}', cause: 'Task timed out' },
    { name: 'an error without a message', outcome: threw('gone'), status: 502, body: '{"message": "Internal server error"}', cause: 'gone' },
    { name: 'no permission', outcome: { kind: 'not-permitted', cause: 'secret text' }, status: 500, body: '{"message": "Internal server error"}', cause: 'Invalid permissions on Lambda function' },
    { name: 'no such function', outcome: { kind: 'not-found', cause: 'secret text' }, status: 500, body: '{"message": "Internal server error"}', cause: 'no such function' },
    { name: 'a throttle', outcome: { kind: 'throttled', cause: 'secret text' }, status: 500, body: '{"message": "Internal server error"}', cause: 'throttled' },
    { name: 'a service that failed', outcome: { kind: 'rejected', statusCode: 500, cause: 'secret text' }, status: 500, body: '{"message": "Internal server error"}', cause: 'secret text' },
    { name: 'a service that failed with 502', outcome: { kind: 'rejected', statusCode: 502, cause: 'secret text' }, status: 502, body: '{"message": "Internal server error"}', cause: 'secret text' },
    { name: 'an event that Lambda finds too large', outcome: { kind: 'rejected', statusCode: 413, cause: 'secret text' }, status: 413, body: '{"message": "Request Too Long"}', cause: 'secret text' },
    { name: 'a time-out', outcome: { kind: 'timed-out' }, status: 504, body: '{"message": "Endpoint request timed out"}', cause: 'in time' },
    { name: 'nothing there', outcome: { kind: 'unreachable', cause: 'secret text' }, status: 500, body: '{"message": "Internal server error"}', cause: 'secret text' },
  ]
  test.each(rows)('$name', async ({ outcome, status, body, cause }) => {
    const gateway = gatewayAnswering(outcome)
    const response = await gateway.ask('/a')
    const text = await response.text()
    expect([response.status, text]).toEqual([status, body])
    expect(text).not.toContain('secret')
    expect(gateway.lines[0]).toMatchObject({ status, cause: expect.stringContaining(cause) })
  })
})

describe('integrations that can not be called: 500', () => {
  const rows = [
    { name: 'another method than POST', integration: { ...lambda, httpMethod: 'GET' }, cause: 'POST' },
    { name: 'no ARN', integration: { ...lambda, uri: 'http://a.test' }, cause: 'not the ARN' },
    { name: 'an empty stage variable for its ARN', integration: { ...lambda, uri: '${stageVariables.uri}' }, cause: 'not the ARN' },
    { name: 'a path of Lambda that invokes nothing', integration: { ...lambda, uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions' }, cause: 'names no function' },
    { name: "the caller's credentials without a caller", integration: { ...lambda, credentials: 'arn:aws:iam::*:user/*' }, cause: 'did not sign' },
  ]
  test.each(rows)('$name', async ({ integration, cause }) => {
    const gateway = gatewayOf({ '/a': { ANY: methodOf(integration) } }, { ports: { functions: functionsOf(() => returned('{}')).functions } })
    const response = await gateway.ask('/a')
    expect([response.status, await response.text()]).toEqual([500, '{"message": "Internal server error"}'])
    expect(gateway.lines[0]).toMatchObject({ cause: expect.stringContaining(cause) })
  })
})
