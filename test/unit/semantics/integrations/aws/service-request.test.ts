import { describe, expect, test } from 'vitest'
import { toEndpoint } from '../../../../../worker/semantics/integrations/aws/endpoint.ts'
import { toServiceRequest, type MappedServiceRequest } from '../../../../../worker/semantics/integrations/aws/service-request.ts'
import { parseServiceUri, toFunctionUri } from '../../../../../worker/semantics/integrations/aws/service-uri.ts'

function requestOf(uri: string, parts: Partial<Omit<MappedServiceRequest, 'headers'>> & { readonly headers?: Record<string, string> } = {}) {
  const parsed = parseServiceUri(uri)
  if (parsed === null) return null
  const { headers = {}, ...rest } = parts
  const request = toServiceRequest(parsed, { method: 'POST', query: '', body: '{}', contentType: 'application/json', apiId: 'a1', traceId: 'Root=1', ...rest, headers: new Headers(headers) })
  if (typeof request === 'string') return request
  return {
    url: `${request.method} ${toEndpoint(request.address, null)}${request.target}`,
    signingName: request.address.service.signingName,
    target: request.headers.get('x-amz-target'),
    contentType: request.headers.get('content-type'),
    body: request.body,
  }
}

const JSON_TYPE = 'application/json'

describe('every form of a URI (aws-rest 6.3)', () => {
  const rows = [
    { uri: 'sqs:path/123456789012/orders', url: 'POST https://sqs.us-east-1.amazonaws.com/123456789012/orders', signingName: 'sqs', target: null, contentType: JSON_TYPE },
    { uri: 'sqs:path/', headers: { 'X-Amz-Target': 'AmazonSQS.SendMessage', 'Content-Type': 'application/x-amz-json-1.0' }, url: 'POST https://sqs.us-east-1.amazonaws.com/', signingName: 'sqs', target: 'AmazonSQS.SendMessage', contentType: 'application/x-amz-json-1.0' },
    { uri: 'sqs:action/SendMessage', url: 'POST https://sqs.us-east-1.amazonaws.com/?Action=SendMessage&Version=2012-11-05', signingName: 'sqs', target: null, contentType: JSON_TYPE },
    { uri: 'sns:path//', url: 'POST https://sns.us-east-1.amazonaws.com/', signingName: 'sns', target: null, contentType: JSON_TYPE },
    { uri: 'sns:action/Publish', query: 'TopicArn=t&Message=m', url: 'POST https://sns.us-east-1.amazonaws.com/?Action=Publish&Version=2010-03-31&TopicArn=t&Message=m', signingName: 'sns', target: null, contentType: JSON_TYPE },
    { uri: 'dynamodb:action/PutItem', url: 'POST https://dynamodb.us-east-1.amazonaws.com/', signingName: 'dynamodb', target: 'DynamoDB_20120810.PutItem', contentType: 'application/x-amz-json-1.0' },
    { uri: 'kinesis:action/PutRecord', url: 'POST https://kinesis.us-east-1.amazonaws.com/', signingName: 'kinesis', target: 'Kinesis_20131202.PutRecord', contentType: 'application/x-amz-json-1.1' },
    { uri: 'kinesis:action/PutRecord', headers: { 'Content-Type': 'application/x-amz-json-1.0' }, url: 'POST https://kinesis.us-east-1.amazonaws.com/', signingName: 'kinesis', target: 'Kinesis_20131202.PutRecord', contentType: 'application/x-amz-json-1.0' },
    { uri: 'firehose:action/PutRecord', url: 'POST https://firehose.us-east-1.amazonaws.com/', signingName: 'firehose', target: 'Firehose_20150804.PutRecord', contentType: 'application/x-amz-json-1.1' },
    { uri: 'states:action/StartExecution', url: 'POST https://states.us-east-1.amazonaws.com/', signingName: 'states', target: 'AWSStepFunctions.StartExecution', contentType: 'application/x-amz-json-1.0' },
    { uri: 'states:action/StartSyncExecution', url: 'POST https://sync-states.us-east-1.amazonaws.com/', signingName: 'states', target: 'AWSStepFunctions.StartSyncExecution', contentType: 'application/x-amz-json-1.0' },
    { uri: 'events:action/PutEvents', headers: { 'X-Amz-Target': 'AWSEvents.PutEvents', 'Content-Type': 'application/x-amz-json-1.1' }, url: 'POST https://events.us-east-1.amazonaws.com/', signingName: 'events', target: 'AWSEvents.PutEvents', contentType: 'application/x-amz-json-1.1' },
    { uri: 'ssm:action/GetParameter', method: 'GET', query: 'Name=p', url: 'GET https://ssm.us-east-1.amazonaws.com/?Action=GetParameter&Version=2014-11-06&Name=p', signingName: 'ssm', target: null, contentType: JSON_TYPE },
    { uri: 'ssm:action/GetParameter', method: 'GET', query: 'Version=2', url: 'GET https://ssm.us-east-1.amazonaws.com/?Action=GetParameter&Version=2', signingName: 'ssm', target: null, contentType: JSON_TYPE },
    { uri: 's3:path/bucket/a/b%20c.txt', method: 'PUT', url: 'PUT https://s3.us-east-1.amazonaws.com/bucket/a/b%20c.txt', signingName: 's3', target: null, contentType: JSON_TYPE },
    { uri: 's3:action/GetObject&Bucket=bucket&Key=a/b c', method: 'GET', url: 'GET https://s3.us-east-1.amazonaws.com/bucket/a/b%20c', signingName: 's3', target: null, contentType: JSON_TYPE },
    { uri: 's3:action/ListObjectsV2&Bucket=bucket&prefix=x', method: 'GET', url: 'GET https://s3.us-east-1.amazonaws.com/bucket?list-type=2&prefix=x', signingName: 's3', target: null, contentType: JSON_TYPE },
    { uri: 'bucket.s3:path/key', method: 'GET', url: 'GET https://bucket.s3.us-east-1.amazonaws.com/key', signingName: 's3', target: null, contentType: JSON_TYPE },
    { uri: 'abc123.appsync-api:path/graphql', url: 'POST https://abc123.appsync-api.us-east-1.amazonaws.com/graphql', signingName: 'appsync', target: null, contentType: JSON_TYPE },
    { uri: 'runtime.sagemaker:path/endpoints/e/invocations', url: 'POST https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations', signingName: 'sagemaker', target: null, contentType: JSON_TYPE },
    { uri: 'iam:action/ListUsers', url: 'POST https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08', signingName: 'iam', target: null, contentType: JSON_TYPE },
    { uri: 'something-new:action/DoIt', url: 'POST https://something-new.us-east-1.amazonaws.com/?Action=DoIt', signingName: 'something-new', target: null, contentType: JSON_TYPE },
    { uri: 'something-new:path/v1/x', query: 'a=1', url: 'POST https://something-new.us-east-1.amazonaws.com/v1/x?a=1', signingName: 'something-new', target: null, contentType: JSON_TYPE },
  ]
  test.each(rows)('$uri $method', ({ uri, url, signingName, target, contentType, ...parts }) => {
    expect(requestOf(`arn:aws:apigateway:us-east-1:${uri}`, parts)).toMatchObject({ url, signingName, target, contentType })
  })

  const refused = [
    { uri: 's3:action/SelectObjectContent&Bucket=b&Key=k', reason: 'S3 has no action SelectObjectContent' },
    { uri: 's3:action/GetObject&Bucket=b', reason: 'S3 has no action' },
    { uri: 'lambda:action/Invoke', reason: 'needs path/' },
    { uri: 'x.appsync-api:action/graphql', reason: 'needs path/' },
  ]
  test.each(refused)('$uri is refused', ({ uri, reason }) => {
    expect(requestOf(`arn:aws:apigateway:us-east-1:${uri}`)).toContain(reason)
  })

  const notUris = ['', 'http://a', 'arn:aws:lambda:us-east-1:1:function:f', 'arn:aws:apigateway:us-east-1:sqs', 'arn:aws:apigateway:us-east-1:sqs:other/x', 'arn:aws:apigateway::sqs:path/x', 'arn:aws:apigateway:us-east-1::path/x']
  test.each(notUris)('%j is none', (uri) => {
    expect(parseServiceUri(uri)).toBeNull()
  })

  test('GET and HEAD carry no body', () => {
    expect(requestOf('arn:aws:apigateway:us-east-1:s3:path/b/k', { method: 'GET', body: 'x' })).toMatchObject({ body: null })
  })
})

describe('endpoints', () => {
  const rows = [
    { uri: 'arn:aws:apigateway:us-east-1:sqs:path/x', override: 'http://127.0.0.1:9324/', endpoint: 'http://127.0.0.1:9324' },
    { uri: 'arn:aws:apigateway:us-east-1:bucket.s3:path/x', override: 'http://127.0.0.1:4568', endpoint: 'http://127.0.0.1:4568' },
    { uri: 'arn:aws:apigateway:us-east-1:bucket.s3:path/x', override: 'https://s3.test:4568/base/', endpoint: 'https://bucket.s3.test:4568/base' },
    { uri: 'arn:aws-cn:apigateway:cn-north-1:sqs:path/x', override: null, endpoint: 'https://sqs.cn-north-1.amazonaws.com.cn' },
  ]
  test.each(rows)('$uri over $override', ({ uri, override, endpoint }) => {
    const parsed = parseServiceUri(uri)
    const request = parsed === null ? '' : toServiceRequest(parsed, { method: 'GET', headers: new Headers(), query: '', body: null, contentType: '', apiId: '', traceId: '' })
    expect(typeof request === 'string' ? request : toEndpoint(request.address, override)).toBe(endpoint)
  })
})

describe('the function of a URI', () => {
  const rows = [
    { api: 'lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations', expected: { functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f', isStreaming: false } },
    { api: 'lambda:path/2021-11-15/functions/f:live/response-streaming-invocations', expected: { functionArn: 'f:live', isStreaming: true } },
    { api: 'lambda:path/2021-11-15/functions/f/invocations', expected: null },
    { api: 'lambda:path/2015-03-31/functions/f/response-streaming-invocations', expected: null },
    { api: 'lambda:path/2015-03-31/functions//invocations', expected: null },
    { api: 'sqs:path/2015-03-31/functions/f/invocations', expected: null },
  ]
  test.each(rows)('$api', ({ api, expected }) => {
    const uri = parseServiceUri(`arn:aws:apigateway:us-east-1:${api}`)
    expect(uri === null ? null : toFunctionUri(uri)).toEqual(expected)
  })
})
