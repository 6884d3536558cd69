import { describe, expect, test } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { callAws, type AwsCallerOptions } from '../../../worker/adapters/aws/aws-caller.ts'
import { readAwsEnvironment } from '../../../worker/adapters/aws/environment.ts'
import type { UpstreamOutcome, UpstreamRequest } from '../../../worker/ports.ts'
import { answerOf, integrationOf, methodOf } from '../../documents.ts'
import { gatewayOf, NOW_MS } from '../../gateway.ts'

/** One exchange with a service, by its documented protocol: what the gateway sends to the byte, what the service answers, what the client reads. */
interface Exchange {
  readonly name: string
  readonly integration: Partial<IntegrationDocument>
  readonly ask: RequestInit
  /** Path parameters and query of the client. */
  readonly path?: string
  readonly sent: { readonly url: string; readonly method?: string; readonly target?: string; readonly contentType: string; readonly body: string; readonly scope: string; readonly token?: string; readonly signed?: string }
  readonly answer: { readonly status: number; readonly contentType: string; readonly body: string }
  readonly read: readonly [status: number, body: string]
}

const uri = (rest: string): string => `arn:aws:apigateway:eu-west-1:${rest}`
const header = (name: string, value: string) => ({ [`integration.request.header.${name}`]: `'${value}'` })
const FORM = header('Content-Type', 'application/x-www-form-urlencoded')
const FORM_TYPE = 'application/x-www-form-urlencoded'
const jsonOf = (body: string): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body })
const template = (text: string) => ({ requestTemplates: { 'application/json': text } })
const reading = (text: string, errors?: string) => ({
  integrationResponses: [
    answerOf({ responseTemplates: { 'application/json': text } }),
    ...(errors === undefined ? [] : [answerOf({ selectionPattern: '4\\d{2}', statusCode: '400', responseTemplates: { 'application/json': errors } })]),
  ],
})

const EXCHANGES: readonly Exchange[] = [
  {
    name: 'SQS by Query: SendMessage',
    integration: { uri: uri('sqs:path/123456789012/orders'), requestParameters: FORM, ...template('Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageAttribute.1.Name=kind&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=order'), ...reading("$input.path('$.SendMessageResponse.SendMessageResult.MessageId')") },
    ask: jsonOf('{"a":"x & y"}'),
    sent: { url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders', contentType: FORM_TYPE, body: 'Action=SendMessage&MessageBody=%7B%22a%22%3A%22x+%26+y%22%7D&MessageAttribute.1.Name=kind&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=order', scope: 'eu-west-1/sqs' },
    answer: { status: 200, contentType: 'application/json', body: '{"SendMessageResponse":{"ResponseMetadata":{"RequestId":"r"},"SendMessageResult":{"MD5OfMessageBody":"m","MessageId":"3e2d","SequenceNumber":null}}}' },
    read: [200, '3e2d'],
  },
  {
    name: 'SQS by JSON: SendMessage to a FIFO queue',
    integration: { uri: uri('sqs:path/'), requestParameters: { ...header('Content-Type', 'application/x-amz-json-1.0'), ...header('X-Amz-Target', 'AmazonSQS.SendMessage') }, ...template('{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo","MessageBody":"$util.escapeJavaScript($input.body)","MessageGroupId":"g"}'), ...reading("$input.path('$.MessageId')") },
    ask: jsonOf('{"a":1}'),
    sent: { url: 'https://sqs.eu-west-1.amazonaws.com/', target: 'AmazonSQS.SendMessage', contentType: 'application/x-amz-json-1.0', body: '{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo","MessageBody":"{\\"a\\":1}","MessageGroupId":"g"}', scope: 'eu-west-1/sqs', signed: 'x-amz-target' },
    answer: { status: 200, contentType: 'application/x-amz-json-1.0', body: '{"MD5OfMessageBody":"m","MessageId":"77","SequenceNumber":"1"}' },
    read: [200, '77'],
  },
  {
    name: 'SQS by action: ReceiveMessage in the query',
    integration: { uri: uri('sqs:action/ReceiveMessage&QueueUrl=https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F123456789012%2Forders'), httpMethod: 'GET', requestParameters: { 'integration.request.querystring.MaxNumberOfMessages': "'2'" }, ...reading("$input.json('$')") },
    ask: { method: 'GET' },
    sent: { url: 'https://sqs.eu-west-1.amazonaws.com/?Action=ReceiveMessage&Version=2012-11-05&QueueUrl=https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F123456789012%2Forders&MaxNumberOfMessages=2', method: 'GET', contentType: 'application/json', body: '', scope: 'eu-west-1/sqs' },
    answer: { status: 200, contentType: 'application/json', body: '{"ReceiveMessageResponse":{"ReceiveMessageResult":{"messages":null}}}' },
    read: [200, '{"ReceiveMessageResponse":{"ReceiveMessageResult":{"messages":null}}}'],
  },
  {
    name: 'SNS by path: Publish as a form',
    integration: { uri: uri('sns:path//'), requestParameters: FORM, ...template("Action=Publish&TopicArn=$util.urlEncode('arn:aws:sns:eu-west-1:123456789012:news')&Message=$util.urlEncode($input.path('$.text'))"), ...reading("$input.path('$.PublishResponse.PublishResult.MessageId')") },
    ask: jsonOf('{"text":"50% off: ä"}'),
    sent: { url: 'https://sns.eu-west-1.amazonaws.com/', contentType: FORM_TYPE, body: 'Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Anews&Message=50%25+off%3A+%C3%A4', scope: 'eu-west-1/sns' },
    answer: { status: 200, contentType: 'application/json', body: '{"PublishResponse":{"PublishResult":{"MessageId":"94f2","SequenceNumber":null},"ResponseMetadata":{"RequestId":"r"}}}' },
    read: [200, '94f2'],
  },
  {
    name: 'SNS by action: Publish in the query, and an error of the service',
    integration: { uri: uri('sns:action/Publish'), requestParameters: { 'integration.request.querystring.TopicArn': "'arn:aws:sns:eu-west-1:123456789012:none'", 'integration.request.querystring.Message': 'method.request.querystring.text' }, ...reading('ok', '{"error":"$input.path(\'$.Error.Code\')"}') },
    path: '?text=a%26b',
    ask: { method: 'POST' },
    sent: { url: 'https://sns.eu-west-1.amazonaws.com/?Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Anone&Message=a%26b', contentType: 'application/json', body: '', scope: 'eu-west-1/sns' },
    answer: { status: 404, contentType: 'application/json', body: '{"Error":{"Code":"NotFound","Message":"Topic does not exist","Type":"Sender"},"RequestId":"r"}' },
    read: [400, '{"error":"NotFound"}'],
  },
  {
    name: 'EventBridge by action: PutEvents, its target set by a mapping',
    integration: { uri: uri('events:action/PutEvents'), requestParameters: { ...header('X-Amz-Target', 'AWSEvents.PutEvents'), ...header('Content-Type', 'application/x-amz-json-1.1') }, ...template('{"Entries":[{"Source":"shop","DetailType":"order","Detail":"$util.escapeJavaScript($input.json(\'$\'))","EventBusName":"default"}]}'), ...reading("$input.path('$.FailedEntryCount')") },
    ask: jsonOf('{"id":7}'),
    sent: { url: 'https://events.eu-west-1.amazonaws.com/', target: 'AWSEvents.PutEvents', contentType: 'application/x-amz-json-1.1', body: '{"Entries":[{"Source":"shop","DetailType":"order","Detail":"{\\"id\\":7}","EventBusName":"default"}]}', scope: 'eu-west-1/events', signed: 'x-amz-target' },
    answer: { status: 200, contentType: 'application/x-amz-json-1.1', body: '{"Entries":[{"EventId":"e"}],"FailedEntryCount":0}' },
    read: [200, '0'],
  },
  {
    name: 'SSM by action: GetParameter, still by Query',
    integration: { uri: uri('ssm:action/GetParameter'), httpMethod: 'POST', requestParameters: { 'integration.request.querystring.Name': 'method.request.path.name', 'integration.request.querystring.WithDecryption': "'true'" }, ...reading("$input.path('$.GetParameterResponse.GetParameterResult.Parameter.Value')") },
    path: '/db-url',
    ask: { method: 'POST' },
    sent: { url: 'https://ssm.eu-west-1.amazonaws.com/?Action=GetParameter&Version=2014-11-06&Name=db-url&WithDecryption=true', contentType: 'application/json', body: '', scope: 'eu-west-1/ssm' },
    answer: { status: 200, contentType: 'application/json', body: '{"GetParameterResponse":{"GetParameterResult":{"Parameter":{"Name":"db-url","Type":"SecureString","Value":"postgres://x","Version":1}},"ResponseMetadata":{"RequestId":"r"}}}' },
    read: [200, 'postgres://x'],
  },
  {
    name: 'Firehose by action: PutRecord, with base64 of the body',
    integration: { uri: uri('firehose:action/PutRecord'), ...template('{"DeliveryStreamName":"clicks","Record":{"Data":"$util.base64Encode($input.body)"}}'), ...reading("$input.path('$.RecordId')") },
    ask: jsonOf('{"a":1}'),
    sent: { url: 'https://firehose.eu-west-1.amazonaws.com/', target: 'Firehose_20150804.PutRecord', contentType: 'application/x-amz-json-1.1', body: '{"DeliveryStreamName":"clicks","Record":{"Data":"eyJhIjoxfQ=="}}', scope: 'eu-west-1/firehose', signed: 'x-amz-target' },
    answer: { status: 200, contentType: 'application/x-amz-json-1.1', body: '{"Encrypted":false,"RecordId":"rec"}' },
    read: [200, 'rec'],
  },
  {
    name: 'Step Functions by action, in the name of a role',
    integration: { uri: uri('states:action/StartExecution'), credentials: 'arn:aws:iam::123456789012:role/starter', ...template('{"input":"$util.escapeJavaScript($input.json(\'$\'))","stateMachineArn":"arn:aws:states:eu-west-1:123456789012:stateMachine:M"}'), ...reading("$input.path('$.executionArn')") },
    ask: jsonOf('{"a":1}'),
    sent: { url: 'https://states.eu-west-1.amazonaws.com/', target: 'AWSStepFunctions.StartExecution', contentType: 'application/x-amz-json-1.0', body: '{"input":"{\\"a\\":1}","stateMachineArn":"arn:aws:states:eu-west-1:123456789012:stateMachine:M"}', scope: 'eu-west-1/states', token: 'role-token' },
    answer: { status: 200, contentType: 'application/x-amz-json-1.0', body: '{"executionArn":"arn:aws:states:eu-west-1:123456789012:execution:M:n","startDate":1.486772644911E9}' },
    read: [200, 'arn:aws:states:eu-west-1:123456789012:execution:M:n'],
  },
  {
    name: 'Step Functions: StartSyncExecution goes to its own host',
    integration: { uri: uri('states:action/StartSyncExecution'), ...reading("$input.path('$.output')") },
    ask: jsonOf('{"stateMachineArn":"arn:aws:states:eu-west-1:123456789012:stateMachine:M"}'),
    sent: { url: 'https://sync-states.eu-west-1.amazonaws.com/', target: 'AWSStepFunctions.StartSyncExecution', contentType: 'application/x-amz-json-1.0', body: '{"stateMachineArn":"arn:aws:states:eu-west-1:123456789012:stateMachine:M"}', scope: 'eu-west-1/states' },
    answer: { status: 200, contentType: 'application/x-amz-json-1.0', body: '{"status":"SUCCEEDED","output":"{\\"done\\":true}"}' },
    read: [200, '{"done":true}'],
  },
]

const GRANTED = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>${new Date(NOW_MS + 900_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`

/** The real caller of AWS, with a wire that keeps what is sent. */
function wireOf(answer: Exchange['answer'], sent: UpstreamRequest[]): AwsCallerOptions {
  return {
    environment: readAwsEnvironment({ AWS_ACCESS_KEY_ID: 'AKIDGATEWAY', AWS_SECRET_ACCESS_KEY: 'secret' }),
    roles: new Map(),
    nowMs: () => NOW_MS,
    secretOf: async () => null,
    send: async (request) => {
      if (request.url.startsWith('https://sts.')) return toOutcome({ status: 200, contentType: 'text/xml', body: GRANTED })
      sent.push(request)
      return toOutcome(answer)
    },
  }
}

function toOutcome({ status, contentType, body }: Exchange['answer']): UpstreamOutcome {
  return { kind: 'answered', response: new Response(null, { status, headers: { 'content-type': contentType, 'x-amzn-requestid': 'aws-request' } }), body: new TextEncoder().encode(body) }
}

describe('exchanges with AWS', () => {
  test.each(EXCHANGES)('$name', async ({ integration, ask, path = '', sent, answer, read }) => {
    const wire: UpstreamRequest[] = []
    const options = wireOf(answer, wire)
    const method = methodOf(integrationOf({ type: 'AWS', httpMethod: 'POST', ...integration }))
    const gateway = gatewayOf({ '/a': { ANY: method }, '/a/{name}': { ANY: method } }, { ports: { services: { call: (call) => callAws(call, options) } } })
    const response = await gateway.ask(`/a${path}`, ask)
    expect([response.status, await response.text()]).toEqual(read)
    expect(wire).toHaveLength(1)
    const [request] = wire
    expect(request).toMatchObject({ url: sent.url, method: sent.method ?? 'POST' })
    expect(request?.body === null ? '' : await new Response(request?.body).text()).toBe(sent.body)
    expect(request?.headers.get('x-amz-target') ?? undefined).toBe(sent.target)
    expect(request?.headers.get('content-type')).toBe(sent.contentType)
    expect(request?.headers.get('x-amz-security-token') ?? undefined).toBe(sent.token)
    const authorization = request?.headers.get('authorization') ?? ''
    expect(authorization).toMatch(new RegExp(`^AWS4-HMAC-SHA256 Credential=${sent.token === undefined ? 'AKIDGATEWAY' : 'ASIAROLE'}/20230612/${sent.scope}/aws4_request, SignedHeaders=\\S+, Signature=[0-9a-f]{64}$`, 'u'))
    expect(/SignedHeaders=(\S+),/u.exec(authorization)?.[1]?.split(';')).toEqual(expect.arrayContaining(['host', 'x-amz-date', ...(sent.signed === undefined ? [] : [sent.signed])]))
  })
})
