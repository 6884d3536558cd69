import { describe, expect, test } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { ServiceCall, ServiceOutcome, Services } from '../../../worker/ports.ts'
import { answerOf, integrationOf, methodOf } from '../../documents.ts'
import { functionsOf, returned, threw } from '../../functions.ts'
import { gatewayOf } from '../../gateway.ts'

const FUNCTION_URI = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations'

function aws(uri: string, parts: Partial<IntegrationDocument> = {}): IntegrationDocument {
  return integrationOf({ type: 'AWS', httpMethod: 'POST', uri, integrationResponses: [answerOf()], ...parts })
}

function json(body: string, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
}

function servicesOf(answer: (call: ServiceCall) => ServiceOutcome): { readonly services: Services; readonly calls: readonly ServiceCall[] } {
  const calls: ServiceCall[] = []
  return {
    calls,
    services: {
      call: async (call) => {
        calls.push(call)
        return answer(call)
      },
    },
  }
}

function answered(status: number, text: string, headers: Record<string, string> = {}): ServiceOutcome {
  return { kind: 'answered', response: new Response(null, { status, headers }), body: new TextEncoder().encode(text) }
}

describe('a function that a template calls (aws-rest 6.3, 6.4)', () => {
  const PATTERNS = [answerOf(), answerOf({ selectionPattern: '.*four hundred.*', statusCode: '405' }), answerOf({ selectionPattern: '.+', statusCode: '502' }), answerOf({ selectionPattern: '200', statusCode: '504' })]
  const rows = [
    { name: 'a result takes the default, whatever it says', outcome: returned('"Pass"'), status: 200, body: '"Pass"' },
    { name: 'a status in the result does not matter', outcome: returned('{"statusCode":404}'), status: 200, body: '{"statusCode":404}' },
    { name: 'a message that matches', outcome: threw('{"errorMessage":"it is four hundred and more","errorType":"E"}'), status: 405, body: '{"errorMessage":"it is four hundred and more","errorType":"E"}' },
    { name: 'another message', outcome: threw('{"errorMessage":"else"}'), status: 502, body: '{"errorMessage":"else"}' },
    { name: 'a message that the code returned counts too', outcome: returned('{"errorMessage":"four hundred"}'), status: 405, body: '{"errorMessage":"four hundred"}' },
    { name: 'an empty message takes the default', outcome: threw('{"errorMessage":""}'), status: 200, body: '{"errorMessage":""}' },
    { name: 'a list is no error', outcome: returned('[{"errorMessage":"x"}]'), status: 200, body: '[{"errorMessage":"x"}]' },
    { name: 'a message of two lines is not matched by a dot', outcome: threw('{"errorMessage":"a\\nfour hundred"}'), status: 200, body: '{"errorMessage":"a\\nfour hundred"}' },
  ]
  test.each(rows)('$name', async ({ outcome, status, body }) => {
    const gateway = gatewayOf({ '/a': { POST: methodOf(aws(FUNCTION_URI, { integrationResponses: PATTERNS })) } }, { ports: { functions: functionsOf(() => outcome).functions } })
    const response = await gateway.ask('/a', { method: 'POST', body: '{}' })
    expect([response.status, await response.text()]).toEqual([status, body])
  })

  test('gets what the template writes, not an event', async () => {
    const { functions, calls } = functionsOf(() => returned('1'))
    const integration = aws(FUNCTION_URI, { requestTemplates: { 'application/json': '{"name": $input.json(\'$.n\')}' } })
    await gatewayOf({ '/a': { POST: methodOf(integration) } }, { ports: { functions } }).ask('/a', json('{"n":"x"}'))
    expect(calls[0]).toMatchObject({ payload: '{"name": "x"}', invocationType: 'RequestResponse' })
  })

  test('gets {} for no body', async () => {
    const { functions, calls } = functionsOf(() => returned('1'))
    await gatewayOf({ '/a': { GET: methodOf(aws(FUNCTION_URI)) } }, { ports: { functions } }).ask('/a')
    expect(calls[0]?.payload).toBe('{}')
  })

  const types = [
    { header: "'Event'", status: 200, invocationType: 'Event' },
    { header: 'method.request.header.InvocationType', status: 200, invocationType: 'Event' },
    { header: "'Sometimes'", status: 500, invocationType: null },
  ]
  test.each(types)('is called as $header says', async ({ header, status, invocationType }) => {
    const { functions, calls } = functionsOf(() => ({ kind: 'answered', statusCode: 202, payload: new Uint8Array(0), functionError: null, headers: new Headers() }))
    const integration = aws(FUNCTION_URI, { requestParameters: { 'integration.request.header.X-Amz-Invocation-Type': header } })
    const response = await gatewayOf({ '/a': { POST: methodOf(integration) } }, { ports: { functions } }).ask('/a', { method: 'POST', headers: { InvocationType: 'Event' }, body: '{}' })
    expect([response.status, await response.text()]).toEqual([status, status === 200 ? '' : '{"message": "Internal server error"}'])
    expect(calls[0]?.invocationType ?? null).toBe(invocationType)
  })

  test('without a permission is a 500 that no pattern takes', async () => {
    const gateway = gatewayOf({ '/a': { POST: methodOf(aws(FUNCTION_URI, { integrationResponses: [answerOf(), answerOf({ selectionPattern: '.*', statusCode: '403' })] })) } }, { ports: { functions: functionsOf(() => ({ kind: 'not-permitted', cause: 'c' })).functions } })
    expect((await gateway.ask('/a', { method: 'POST' })).status).toBe(500)
  })
})

describe('a service', () => {
  test('gets mapped headers, queries and paths, and what the template wrote', async () => {
    const { services, calls } = servicesOf(() => answered(200, '{"ok":true}'))
    const integration = aws('arn:aws:apigateway:us-east-1:sqs:path/{account}/{queue}', {
      credentials: 'arn:aws:iam::123456789012:role/sender',
      requestParameters: {
        'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'",
        'integration.request.path.account': 'context.accountId',
        'integration.request.path.queue': 'method.request.path.queue',
        'integration.request.querystring.q': 'method.request.querystring.q',
      },
      requestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)' },
    })
    const response = await gatewayOf({ '/{queue}': { POST: methodOf(integration) } }, { ports: { services } }).ask('/orders?q=a%20b&z=1', json('{"a":1}', { 'X-Client': 'x', Referer: 'r' }))
    expect([response.status, await response.text()]).toEqual([200, '{"ok":true}'])
    expect(calls[0]).toMatchObject({ identity: { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/sender' }, request: { method: 'POST', target: '/123456789012/orders?q=a%20b', body: 'Action=SendMessage&MessageBody=%7B%22a%22%3A1%7D' } })
    const headers = Object.fromEntries(calls[0]?.request.headers ?? [])
    expect(headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', 'user-agent': 'AmazonAPIGateway_test' })
    expect(headers).not.toHaveProperty('x-client')
  })

  test('gets its target by itself, or from an override of the template', async () => {
    const { services, calls } = servicesOf(() => answered(200, '{}'))
    const events = aws('arn:aws:apigateway:us-east-1:events:action/PutEvents', {
      requestTemplates: { 'application/json': "#set($context.requestOverride.header['X-Amz-Target'] = 'AWSEvents.PutEvents')#set($context.requestOverride.header['Content-Type'] = 'application/x-amz-json-1.1'){}" },
    })
    const gateway = gatewayOf({ '/events': { POST: methodOf(events) }, '/items': { POST: methodOf(aws('arn:aws:apigateway:us-east-1:dynamodb:action/PutItem')) } }, { ports: { services } })
    await gateway.ask('/events', json('{}'))
    await gateway.ask('/items', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"TableName":"t"}' })
    expect(calls.map(({ request }) => [request.target, request.headers.get('x-amz-target'), request.headers.get('content-type')])).toEqual([
      ['/', 'AWSEvents.PutEvents', 'application/x-amz-json-1.1'],
      ['/', 'DynamoDB_20120810.PutItem', 'application/x-amz-json-1.0'],
    ])
  })

  test('a path value brings no parameters of its own into an action', async () => {
    const { services, calls } = servicesOf(() => answered(200, ''))
    const integration = aws('arn:aws:apigateway:us-east-1:s3:action/GetObject&Bucket={bucket}&Key=public', { httpMethod: 'GET', requestParameters: { 'integration.request.path.bucket': 'method.request.path.bucket' } })
    await gatewayOf({ '/{bucket}': { GET: methodOf(integration) } }, { ports: { services } }).ask('/b&Key=secret')
    expect(calls[0]?.request.target).toBe('/b%26Key%3Dsecret/public')
  })

  const answers: readonly { name: string; outcome: ServiceOutcome; status: number; body: string; cause: string | null }[] = [
    { name: "an error of the service is chosen by its status", outcome: answered(400, '{"__type":"ResourceNotFoundException"}'), status: 404, body: 'not there', cause: null },
    { name: 'expired credentials of the gateway are not for the client', outcome: answered(400, '{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"secret"}'), status: 500, body: '{"message": "Internal server error"}', cause: "refused the gateway's credentials" },
    { name: 'nor are wrong ones', outcome: answered(403, '<Error><Code>SignatureDoesNotMatch</Code><Message>secret</Message></Error>'), status: 500, body: '{"message": "Internal server error"}', cause: "refused the gateway's credentials" },
    { name: 'no credentials', outcome: { kind: 'no-credentials', cause: 'secret' }, status: 500, body: '{"message": "Internal server error"}', cause: 'no credentials for the call' },
    { name: 'a time-out', outcome: { kind: 'timed-out' }, status: 504, body: '{"message": "Endpoint request timed out"}', cause: 'in time' },
    { name: 'nothing there', outcome: { kind: 'unreachable', cause: 'secret' }, status: 500, body: '{"message": "Internal server error"}', cause: 'secret' },
    { name: 'no TLS', outcome: { kind: 'untrusted', cause: 'secret' }, status: 504, body: '{"message": "Network error communicating with endpoint"}', cause: 'no TLS' },
    { name: 'too large an answer', outcome: { kind: 'too-large', cause: 'secret' }, status: 500, body: '{"message": "Internal server error"}', cause: 'secret' },
  ]
  test.each(answers)('$name', async ({ outcome, status, body, cause }) => {
    const integration = aws('arn:aws:apigateway:us-east-1:dynamodb:action/GetItem', { integrationResponses: [answerOf(), answerOf({ selectionPattern: '4\\d{2}', statusCode: '404', responseTemplates: { 'application/json': 'not there' } })] })
    const gateway = gatewayOf({ '/a': { POST: methodOf(integration) } }, { ports: servicesOf(() => outcome) })
    const response = await gateway.ask('/a', { method: 'POST', body: '{}' })
    expect([response.status, await response.text()]).toEqual([status, body])
    expect(String(gateway.lines[0]?.['cause'])).toContain(cause ?? 'undefined')
  })

  test('Firehose behind AWS_PROXY gets what the client sends', async () => {
    const { services, calls } = servicesOf(() => answered(200, '{"RecordId":"1"}', { 'content-type': 'application/x-amz-json-1.1' }))
    const integration = integrationOf({ type: 'AWS_PROXY', httpMethod: 'POST', uri: 'arn:aws:apigateway:us-east-1:firehose:action/PutRecord' })
    const response = await gatewayOf({ '/a': { POST: methodOf(integration) } }, { ports: { services } }).ask('/a', { method: 'POST', body: '{"DeliveryStreamName":"s"}' })
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([200, '{"RecordId":"1"}', 'application/x-amz-json-1.1'])
    expect(calls[0]?.request.headers.get('x-amz-target')).toBe('Firehose_20150804.PutRecord')
    expect(new TextDecoder().decode(calls[0]?.request.body as Uint8Array)).toBe('{"DeliveryStreamName":"s"}')
  })
})

describe('calls that can not be made: 500', () => {
  const rows = [
    { name: 'no ARN', integration: aws('${stageVariables.none}'), cause: 'not the ARN' },
    { name: 'an action of a service that has none', integration: aws('arn:aws:apigateway:us-east-1:lambda:action/Invoke'), cause: 'needs path/' },
    { name: 'a function by GET', integration: aws(FUNCTION_URI, { httpMethod: 'GET' }), cause: 'POST' },
    { name: 'a mapped Authorization', integration: aws('arn:aws:apigateway:us-east-1:sqs:path/', { requestParameters: { 'integration.request.header.Authorization': "'x'" } }), cause: 'header already present' },
    { name: "the caller's credentials, unsigned", integration: aws('arn:aws:apigateway:us-east-1:sqs:path/', { credentials: 'arn:aws:iam::*:user/*' }), cause: 'did not sign' },
  ]
  test.each(rows)('$name', async ({ integration, cause }) => {
    const gateway = gatewayOf({ '/a': { POST: methodOf(integration) } }, { ports: { ...servicesOf(() => answered(200, '')), functions: functionsOf(() => returned('1')).functions } })
    const response = await gateway.ask('/a', { method: 'POST' })
    expect([response.status, await response.text()]).toEqual([500, '{"message": "Internal server error"}'])
    expect(gateway.lines[0]).toMatchObject({ cause: expect.stringContaining(cause) })
  })
})
