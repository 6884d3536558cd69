import { Sha256 } from '@aws-crypto/sha256-js'
import { ApiGatewayManagementApiClient, DeleteConnectionCommand, GetConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import { AwsClient } from 'aws4fetch'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as send } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDev, type Dev } from '../start-dev.ts'

const ALICE = { accessKeyId: 'AKIDALICE', secretAccessKey: 'the-secret-of-alice' }
const SESSION = { accessKeyId: 'ASIDBOB', secretAccessKey: 'the-secret-of-bob', sessionToken: 'the/session+token==of-bob' }
const REGION = 'eu-central-1'

let folder: string
let dev: Dev

function definition(): unknown {
  const template = '{"arn":"$context.identity.userArn","key":"$context.identity.accessKey","Data":"seen"}'
  const mock = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode":200}', 'application/octet-stream': '{"statusCode":200}', 'text/plain': '{"statusCode":200}' }, responses: { default: { statusCode: '200', responseTemplates: { 'application/json': template } } } }
  const method = { security: [{ iam: [] }], 'x-amazon-apigateway-integration': mock }
  return {
    openapi: '3.0.1', info: { title: 'signed', version: '1' },
    components: { securitySchemes: { iam: { type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' } } },
    paths: { '/@connections/{connectionId}': { get: method, post: method, delete: method }, '/any/{proxy+}': { 'x-amazon-apigateway-any-method': method } },
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-signed-'))
  await mkdir(path.join(folder, 'apis', 'signed', 'stages'), { recursive: true })
  const policies = [{ Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:${REGION}:*:signed/dev/*` }] }]
  const files = {
    'account.json': { region: REGION },
    'apis/signed/api.json': definition(),
    'apis/signed/stages/dev.json': {},
    'credentials.json': {
      credentials: [
        { accessKeyId: ALICE.accessKeyId, secretAccessKey: '${env.ALICE}', arn: 'arn:aws:iam::123456789012:user/alice', policies },
        { accessKeyId: SESSION.accessKeyId, secretAccessKey: '${env.BOB}', sessionToken: '${env.BOBS_TOKEN}', arn: 'arn:aws:sts::123456789012:assumed-role/ops/bob', policies },
      ],
    },
  }
  for (const [file, content] of Object.entries(files)) await writeFile(path.join(folder, file), JSON.stringify(content))
  dev = await startDev(['--json', '--rules', folder, '--var', `ALICE=${ALICE.secretAccessKey}`, '--var', `BOB=${SESSION.secretAccessKey}`, '--var', `BOBS_TOKEN=${SESSION.sessionToken}`])
})

afterAll(async () => {
  await dev.stop()
  await rm(folder, { recursive: true })
})

/** Paths and queries as clients write them, after `/any/`. */
const TARGETS = ['plain', 'a%20b', 'a+b', 'caf%C3%A9', 'x%2Fy', 'a@b:c', "it's(1)!*", 'tilde~', 'a=b', 'q?b=2&a=1', 'q?a=2&a=1', 'q?empty=', 'q?flag', 'q?space=a%20b', 'q?plus=a%2Bb', 'q?utf8=%E2%82%AC', 'q?Z=1&a=2&A=3', "q?odd=!'()*", 'dot.%2E', 'slash/']

describe('a client of the AWS SDK, unmodified, with an endpoint of its own', () => {
  const clientOf = (credentials: typeof ALICE): ApiGatewayManagementApiClient => new ApiGatewayManagementApiClient({ endpoint: `${dev.origin}/signed/dev`, region: REGION, credentials, maxAttempts: 1 })

  test('gets in', async () => {
    for (const credentials of [ALICE, SESSION]) {
      const client = clientOf(credentials)
      const posted = await client.send(new PostToConnectionCommand({ ConnectionId: 'L0SM9cOFvHcCIhw=', Data: new TextEncoder().encode('{"hello":"wörld"}') }))
      const got = await client.send(new GetConnectionCommand({ ConnectionId: 'a/b c' }))
      const deleted = await client.send(new DeleteConnectionCommand({ ConnectionId: 'plain' }))
      expect([posted, got, deleted].map(({ $metadata }) => $metadata.httpStatusCode)).toEqual([200, 200, 200])
    }
  })

  test.each([
    ['another secret', { ...ALICE, secretAccessKey: 'x' }, 'InvalidSignatureException'],
    ['another key', { ...ALICE, accessKeyId: 'AKIDNOBODY' }, 'UnrecognizedClientException'],
    ['no session token', { ...SESSION, sessionToken: '' }, 'UnrecognizedClientException'],
    ['another session token', { ...SESSION, sessionToken: 'x' }, 'UnrecognizedClientException'],
    ['a session token that nobody gave', { ...ALICE, sessionToken: 'x' }, 'UnrecognizedClientException'],
  ])('does not get in with %s', async (_name, credentials, errorName) => {
    await expect(clientOf(credentials).send(new GetConnectionCommand({ ConnectionId: 'x' }))).rejects.toMatchObject({ name: errorName, $metadata: { httpStatusCode: 403 } })
  })

  test('does not get in for another region', async () => {
    const client = new ApiGatewayManagementApiClient({ endpoint: `${dev.origin}/signed/dev`, region: 'us-east-1', credentials: ALICE, maxAttempts: 1 })
    await expect(client.send(new GetConnectionCommand({ ConnectionId: 'x' }))).rejects.toMatchObject({ name: 'InvalidSignatureException', message: expect.stringContaining('Credential should be scoped to a valid region') })
  })
})

describe('aws4fetch', () => {
  test.each([['header', false], ['query', true]] as const)('signs in the %s', async (_name, signQuery) => {
    for (const credentials of [ALICE, SESSION]) {
      const client = new AwsClient({ ...credentials, service: 'execute-api', region: REGION, retries: 0 })
      for (const target of TARGETS) {
        const response = await client.fetch(`${dev.origin}/signed/dev/any/${target}`, { aws: { signQuery } })
        expect([target, response.status]).toEqual([target, 200])
        await response.body?.cancel()
      }
      const posted = await client.fetch(`${dev.origin}/signed/dev/any/post?x=1`, { method: 'POST', body: 'wörld', headers: { 'content-type': 'text/plain' }, aws: { signQuery } })
      expect(await posted.text()).toContain(credentials.accessKeyId)
    }
  })
})

describe('@smithy/signature-v4', () => {
  test('signs in the header and in the query', async () => {
    for (const credentials of [ALICE, SESSION]) {
      for (const target of TARGETS) {
        for (const signed of [await signerOf(credentials).sign(requestOf(target)), await signerOf(credentials).presign(requestOf(target), { expiresIn: 60 })]) expect([target, await statusOf(signed)]).toEqual([target, 200])
      }
      expect(await statusOf(await signerOf(credentials).sign(requestOf('put', '{"a":1}')))).toBe(200)
    }
  })

  test('does not get in with a body of another', async () => {
    const signed = await signerOf(ALICE).sign(requestOf('put', '{"a":1}'))
    expect(await statusOf(new HttpRequest({ ...signed, body: '{"a":2}' }))).toBe(403)
  })
})

test('nothing that was printed or answered holds a secret, a session token or a signature', async () => {
  const wrong = new AwsClient({ ...SESSION, secretAccessKey: 'x', service: 'execute-api', region: REGION, retries: 0 })
  for (const signQuery of [false, true]) {
    const response = await wrong.fetch(`${dev.origin}/signed/dev/any/x`, { headers: { cookie: 'session=of-a-browser', 'x-api-key': 'the-key-of-somebody' }, aws: { signQuery, allHeaders: true } })
    const text = await response.text()
    expect(text).toContain('The Canonical String for this request should have been')
    for (const secret of ['of-a-browser', 'the-key-of-somebody', SESSION.sessionToken, encodeURIComponent(SESSION.sessionToken)]) expect(text).not.toContain(secret)
  }
  // The lines of the refusals are there, with all that was said, so what follows could find something.
  expect(dev.output()).toContain('The Canonical String for this request should have been')
  for (const secret of [ALICE.secretAccessKey, SESSION.secretAccessKey, SESSION.sessionToken, encodeURIComponent(SESSION.sessionToken), 'of-a-browser', 'the-key-of-somebody']) expect(dev.output()).not.toContain(secret)
  expect(dev.output()).not.toMatch(/Signature=[0-9a-f]{64}/u)
})

/** Sends a signed request as it is: `fetch` would write the path in its own way. */
function statusOf(request: Awaited<ReturnType<SignatureV4['sign']>> & { readonly body?: unknown }): Promise<number> {
  const query = Object.entries(request.query ?? {}).flatMap(([name, values]) => [values ?? ''].flat().map((value) => `${escape3986(name)}=${escape3986(value)}`))
  return new Promise((resolve, reject) => {
    const call = send({ host: request.hostname, port: request.port, method: request.method, path: `${request.path}${query.length === 0 ? '' : `?${query.join('&')}`}`, headers: request.headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    call.on('error', reject)
    call.end(typeof request.body === 'string' ? request.body : undefined)
  })
}

function signerOf(credentials: typeof ALICE): SignatureV4 {
  return new SignatureV4({ service: 'execute-api', region: REGION, sha256: Sha256, credentials })
}

function requestOf(target: string, body?: string): HttpRequest {
  const { hostname, port, host, pathname, searchParams } = new URL(`${dev.origin}/signed/dev/any/${target}`)
  const query: Record<string, string[]> = {}
  for (const [name, value] of searchParams) query[name] = [...(query[name] ?? []), value]
  return new HttpRequest({ method: body === undefined ? 'GET' : 'PUT', hostname, port: Number(port), path: pathname, query, headers: { host, 'x-custom': '  two   blanks ' }, ...(body !== undefined && { body }) })
}

function escape3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
