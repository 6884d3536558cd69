import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import kinesalite from 'kinesalite'
import S3rver from 's3rver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type Integration, type RunningApi } from './start-api.ts'

const REGION = 'arn:aws:apigateway:us-east-1'
const RESPONSES = { default: { statusCode: '200' }, '4\\d{2}': { statusCode: '404', responseTemplates: { 'application/json': '{"error": "$input.path(\'$.__type\')"}' } } }
const action = (name: string, more: Integration = {}): Integration => ({ type: 'aws', httpMethod: 'POST', uri: `${REGION}:${name}`, responses: RESPONSES, ...more })
const object = (httpMethod: string): Integration => ({
  type: 'aws',
  httpMethod,
  uri: `${REGION}:s3:path/{bucket}/{key}`,
  requestParameters: { 'integration.request.path.bucket': "'files'", 'integration.request.path.key': 'method.request.path.key', 'integration.request.header.Content-Type': 'method.request.header.Content-Type' },
  responses: { default: { statusCode: '200', responseParameters: { 'method.response.header.Content-Type': 'integration.response.header.Content-Type' } }, '404': { statusCode: '404', responseTemplates: { 'application/json': '{"error": "no such file"}' } } },
})

let dynamo: Server
let kinesis: Server
let s3: S3rver
let files: string
let api: RunningApi
let recorder: Server
const recorded: { url: string | undefined; headers: Record<string, unknown>; body: string }[] = []

beforeAll(async () => {
  dynamo = dynalite({ createTableMs: 0 })
  kinesis = kinesalite({ createStreamMs: 0 })
  recorder = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      recorded.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.setHeader('content-type', 'application/json')
      response.end('{"SendMessageResponse":{"SendMessageResult":{"MessageId":"m-1"}}}')
    })
  })
  files = await mkdtemp(path.join(tmpdir(), 'stagedoor-s3-'))
  s3 = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: files, configureBuckets: [{ name: 'files', configs: [] }] })
  const s3Address = await s3.run()
  const ports = await Promise.all([dynamo, kinesis, recorder].map(listen))
  const vars = {
    AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${ports[0]}`, AWS_ENDPOINT_URL_KINESIS: `http://127.0.0.1:${ports[1]}`,
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${ports[2]}`, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${s3Address.port}`, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9',
  }
  api = await startApi(
    {
      'POST /tables': action('dynamodb:action/CreateTable'),
      'POST /items': action('dynamodb:action/PutItem', { requestTemplates: { 'application/json': '{"TableName":"pets","Item":{"id":{"S":"$input.path(\'$.id\')"},"n":{"N":"$input.path(\'$.n\')"}}}' }, responses: { default: { statusCode: '201' } } }),
      'GET /items/{id}': action('dynamodb:action/GetItem', { requestTemplates: { 'application/json': '{"TableName":"pets","Key":{"id":{"S":"$util.escapeJavaScript($input.params(\'id\'))"}}}' } }),
      'POST /streams': action('kinesis:action/CreateStream'),
      'GET /streams': action('kinesis:action/ListStreams', { requestTemplates: { 'application/json': '{}' } }),
      'PUT /files/{key}': object('PUT'),
      'GET /files/{key}': object('GET'),
      'POST /queue': action('sqs:path/123456789012/orders', { requestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" }, requestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)' }, responses: { default: { statusCode: '202', responseTemplates: { 'application/json': '{"id": "$input.path(\'$.SendMessageResponse.SendMessageResult.MessageId\')"}' } } } }),
      'POST /dynamo': { type: 'http_proxy', httpMethod: 'POST', uri: `http://127.0.0.1:${ports[0]}/` },
      'POST /as-role': action('dynamodb:action/ListTables', { credentials: 'arn:aws:iam::123456789012:role/nobody' }),
    },
    { args: Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}=${value}`]) },
  )
})

afterAll(async () => {
  await api.stop()
  await s3.close()
  for (const server of [dynamo, kinesis, recorder]) server.close()
  await rm(files, { recursive: true })
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const post = (body: unknown): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

describe('services behind the gateway', () => {
  it('DynamoDB: writes and reads an item, and tells its errors by status', async () => {
    const table = { TableName: 'pets', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }
    expect((await api.ask('/tables', post(table))).status).toBe(200)
    expect((await api.ask('/items', post({ id: 'a', n: 7 }))).status).toBe(201)
    expect(await (await api.ask('/items/a')).json()).toEqual({ Item: { id: { S: 'a' }, n: { N: '7' } } })
    const twice = await api.ask('/tables', post(table))
    expect([twice.status, await twice.json()]).toEqual([404, { error: 'com.amazonaws.dynamodb.v20120810#ResourceInUseException' }])
  })

  it('DynamoDB: an AWS SDK that is pointed at a proxy of it works as with the service itself', async () => {
    const client = new DynamoDBClient({ endpoint: `${api.origin}/test/dev/dynamo`, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' }, maxAttempts: 1 })
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['pets'])
    await client.send(new PutItemCommand({ TableName: 'pets', Item: { id: { S: 'sdk' }, data: { B: Uint8Array.of(0, 255, 128) } } }))
    const { Item, $metadata } = await client.send(new GetItemCommand({ TableName: 'pets', Key: { id: { S: 'sdk' } } }))
    expect([Item?.['data']?.B, $metadata.httpStatusCode]).toEqual([Uint8Array.of(0, 255, 128), 200])
    await expect(client.send(new GetItemCommand({ TableName: 'none', Key: { id: { S: 'x' } } }))).rejects.toThrow(ResourceNotFoundException)
    client.destroy()
  })

  it('Kinesis: makes a stream', async () => {
    expect((await api.ask('/streams', post({ StreamName: 's', ShardCount: 1 }))).status).toBe(200)
    expect(await (await api.ask('/streams')).json()).toMatchObject({ StreamNames: ['s'] })
  })

  it('S3: a signed upload comes back byte for byte', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_zero, index) => 32 + (index % 90))
    const put = await api.ask('/files/a%20b.txt', { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: bytes })
    expect([put.status, await put.text()]).toEqual([200, ''])
    const got = await api.ask('/files/a%20b.txt')
    expect([got.status, got.headers.get('content-type')]).toEqual([200, 'text/plain'])
    expect(Buffer.from(await got.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    const none = await api.ask('/files/none')
    expect([none.status, await none.json()]).toEqual([404, { error: 'no such file' }])
  })

  it('SQS: the Query protocol as it was recorded', async () => {
    const sent = await api.ask('/queue', post({ a: 'x & y' }))
    expect([sent.status, await sent.json()]).toEqual([202, { id: 'm-1' }])
    expect(recorded[0]).toMatchObject({ url: '/123456789012/orders', body: 'Action=SendMessage&MessageBody=%7B%22a%22%3A%22x+%26+y%22%7D', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect(recorded[0]?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=S3RVER\/\d{8}\/us-east-1\/sqs\/aws4_request/u)
  })

  it('a role while STS is down is a 500 with its cause in the log alone', async () => {
    const refused = await api.ask('/as-role', post({}))
    expect([refused.status, await refused.text()]).toEqual([500, '{"message": "Internal server error"}'])
    await expect.poll(() => api.output(), { timeout: 60_000 }).toContain("STS can't be reached")
  })
})
