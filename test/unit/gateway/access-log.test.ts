import { describe, expect, it } from 'vitest'
import type { FunctionOutcome } from '../../../worker/semantics/integrations/functions/function-call.ts'
import { answerOf, integrationOf, methodOf, mockOf, type Resources } from '../../documents.ts'
import { functionsOf, returned, threw } from '../../functions.ts'
import { gatewayOf, type TestOptions } from '../../gateway.ts'

/** What a line says of the backend, as the variables stand in Amazon's list (aws-rest 15.1). */
const VARIABLES = ['status', 'responseLength', 'integrationStatus', 'integrationLatency', 'integrationErrorMessage', 'integration.integrationStatus', 'integration.status', 'integration.latency', 'integration.requestId', 'integration.error', 'integration.responseTransferMode', 'integration.timeToAllHeaders', 'awsEndpointRequestId'] as const

type Line = Partial<Record<(typeof VARIABLES)[number], string>>

const FUNCTION = { httpMethod: 'POST', uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations' } as const
const proxied: Resources = { '/a': { GET: methodOf(integrationOf({ type: 'AWS_PROXY', ...FUNCTION })) } }
const mapped: Resources = { '/a': { GET: methodOf(integrationOf({ type: 'AWS', ...FUNCTION, integrationResponses: [answerOf()] })) } }
const http: Resources = { '/a': { GET: methodOf(integrationOf()) } }
const streamed: Resources = { '/a': { GET: methodOf(integrationOf({ responseTransferMode: 'STREAM' })) } }
const dynamo: Resources = { '/a': { GET: methodOf(integrationOf({ type: 'AWS', httpMethod: 'POST', uri: 'arn:aws:apigateway:us-east-1:dynamodb:action/ListTables', integrationResponses: [answerOf()] })) } }

const calling = (outcome: FunctionOutcome): TestOptions => ({ ports: { functions: functionsOf(() => outcome).functions } })
const backend = (answer: Response): TestOptions => ({ backend: () => answer })

/** The clock goes on by 7 ms at each look. */
function ticking(): { nowMs(): number } {
  let nowMs = 0
  return { nowMs: () => (nowMs += 7) }
}

describe('the access log of a request', () => {
  const rows: readonly { readonly name: string; readonly resources: Resources; readonly options?: TestOptions; readonly line: Line }[] = [
    {
      name: 'a function proxy: the status of Lambda, and that of the function',
      resources: proxied,
      options: calling(returned('{"statusCode":201,"body":"é"}')),
      line: { status: '201', responseLength: '2', integrationStatus: '200', 'integration.integrationStatus': '200', 'integration.status': '201', integrationLatency: '7', 'integration.latency': '7', 'integration.requestId': 'lambda-request', awsEndpointRequestId: 'lambda-request', 'integration.responseTransferMode': 'BUFFERED' },
    },
    {
      name: 'a function that threw: 200 of Lambda, 502 for the client',
      resources: proxied,
      options: calling(threw('{"errorMessage":"boom"}')),
      line: {
        status: '502', responseLength: '36', integrationStatus: '200', 'integration.integrationStatus': '200', integrationLatency: '7', 'integration.latency': '7', 'integration.requestId': 'lambda-request', awsEndpointRequestId: 'lambda-request', 'integration.responseTransferMode': 'BUFFERED',
        'integration.error': 'Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: lambda-request', integrationErrorMessage: 'Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: lambda-request',
      },
    },
    {
      name: 'a function whose answer is malformed',
      resources: proxied,
      options: calling(returned('"text"')),
      line: { status: '502', responseLength: '36', integrationStatus: '200', 'integration.integrationStatus': '200', integrationLatency: '7', 'integration.latency': '7', 'integration.requestId': 'lambda-request', awsEndpointRequestId: 'lambda-request', 'integration.responseTransferMode': 'BUFFERED', 'integration.error': expect.stringContaining('Malformed Lambda proxy response') as string, integrationErrorMessage: expect.stringContaining('Malformed Lambda proxy response') as string },
    },
    {
      name: 'a function that is called by a mapping',
      resources: mapped,
      options: calling(returned('{"a":1}')),
      line: { status: '200', responseLength: '7', integrationStatus: '200', 'integration.integrationStatus': '200', 'integration.status': '200', integrationLatency: '7', 'integration.latency': '7', 'integration.requestId': 'lambda-request', awsEndpointRequestId: 'lambda-request', 'integration.responseTransferMode': 'BUFFERED' },
    },
    {
      name: 'an HTTP backend',
      resources: http,
      options: backend(new Response('no', { status: 404, headers: { 'content-length': '2' } })),
      line: { status: '404', integrationStatus: '404', 'integration.integrationStatus': '404', 'integration.status': '404', integrationLatency: '7', 'integration.latency': '7', 'integration.responseTransferMode': 'BUFFERED' },
    },
    {
      name: 'an HTTP backend whose answer streams',
      resources: streamed,
      options: backend(new Response('flows')),
      line: { status: '200', integrationStatus: '200', 'integration.integrationStatus': '200', 'integration.status': '200', integrationLatency: '7', 'integration.latency': '7', 'integration.responseTransferMode': 'STREAM', 'integration.timeToAllHeaders': '7' },
    },
    {
      name: 'an HTTP backend that is too slow',
      resources: http,
      options: { backend: () => ({ kind: 'timed-out' }) },
      line: { status: '504', responseLength: '41', integrationLatency: '7', 'integration.latency': '7', 'integration.responseTransferMode': 'BUFFERED', 'integration.error': 'the backend did not answer in time', integrationErrorMessage: 'the backend did not answer in time' },
    },
    {
      name: 'a service that refuses the credentials of the gateway',
      resources: dynamo,
      options: {
        ports: {
          services: {
            call: async () => ({ kind: 'answered', response: new Response(null, { status: 400 }), body: new TextEncoder().encode('{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token included in the request is expired"}') }),
          },
        },
      },
      line: { status: '500', responseLength: '36', integrationStatus: '400', 'integration.integrationStatus': '400', integrationLatency: '7', 'integration.latency': '7', 'integration.responseTransferMode': 'BUFFERED', 'integration.error': expect.stringContaining('ExpiredTokenException') as string, integrationErrorMessage: expect.stringContaining('ExpiredTokenException') as string },
    },
    { name: 'a request that never got as far', resources: { '/a': { GET: methodOf(mockOf(), { apiKeyRequired: true }) } }, line: { status: '403', responseLength: '23' } },
  ]
  it.each(rows)('$name', async ({ resources, options, line }) => {
    const format = `$context.requestId|${VARIABLES.map((variable) => `$context.${variable}`).join('|')}`
    const gateway = gatewayOf(resources, { ...options, stage: { accessLogSettings: { format } }, ports: { clock: ticking(), ...options?.ports } })
    const answer = await gateway.ask('/a')
    await answer.text()
    const [, ...values] = String(gateway.lines.at(-1)?.['accessLog']).split('|')
    const told = Object.fromEntries(VARIABLES.map((variable, index) => [variable, values[index]] as const).filter(([, value]) => value !== '-'))
    expect(told).toEqual(line)
  })
})
