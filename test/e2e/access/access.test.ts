import { AwsClient } from 'aws4fetch'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDev, type Dev } from '../start-dev.ts'

const KEY = 'an-imported-key-of-mine'
const SECRET = 'the-secret-of-alice'

let folder: string
let world: Server
let origin: string
let signingKey: CryptoKey
let publicKey: JWK
let dev: Dev

/** One server that is the authorizer function and the issuer of tokens. */
function serve(): Server {
  return createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    void answer(request).then(({ text, isError }) => {
      if (isError) response.setHeader('x-amz-function-error', 'Unhandled')
      response.end(text)
    })
  })
}

async function answer(request: IncomingMessage): Promise<{ readonly text: string; readonly isError: boolean }> {
  const url = request.url ?? ''
  if (url.endsWith('/openid-configuration')) return { text: JSON.stringify({ issuer: origin, jwks_uri: `${origin}/keys` }), isError: false }
  if (url.endsWith('/keys') || url.endsWith('/jwks.json')) return { text: JSON.stringify({ keys: [publicKey] }), isError: false }
  const event = await readJson(request)
  if (event.authorizationToken === 'bad') return { text: '{"errorMessage":"Unauthorized"}', isError: true }
  const statement = { Action: 'execute-api:Invoke', Effect: event.authorizationToken === 'deny' ? 'Deny' : 'Allow', Resource: event.methodArn }
  return { text: JSON.stringify({ principalId: 'bob', policyDocument: { Version: '2012-10-17', Statement: [statement] } }), isError: false }
}

async function readJson(request: IncomingMessage): Promise<{ readonly authorizationToken: string; readonly methodArn: string }> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return JSON.parse(text) as { authorizationToken: string; methodArn: string }
}

const scheme = (authorizer: object) => ({ type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authorizer': authorizer })

function definition(): unknown {
  const template = '{"arn":"$context.identity.userArn","principal":"$context.authorizer.principalId","sub":"$context.authorizer.claims.sub","key":"$context.identity.apiKeyId"}'
  const mock = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode":200}' }, responses: { default: { statusCode: '200', responseTemplates: { 'application/json': template } } } }
  const method = (scheme?: string) => ({ ...(scheme !== undefined && { security: [{ [scheme]: [] }] }), 'x-amazon-apigateway-integration': mock })
  return {
    openapi: '3.0.1', info: { title: 'guarded', version: '1' },
    'x-amazon-apigateway-policy': {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:eu-west-1:999999999999:exported/*' },
        { Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:eu-west-1:999999999999:exported/*/GET/denied' },
      ],
    },
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        iam: { type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' },
        fn: scheme({ type: 'token', authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations' }),
        oidc: scheme({ type: 'jwt', identitySource: '$request.header.Authorization', jwtConfiguration: { issuer: origin, audience: ['me'] } }),
        pool: scheme({ type: 'cognito_user_pools', providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool'] }),
      },
    },
    paths: {
      '/open': { get: method() }, '/denied': { get: method() }, '/key': { get: method('key') }, '/iam/{x}': { get: method('iam'), post: method('iam') },
      '/fn': { get: method('fn') }, '/oidc': { get: method('oidc') }, '/pool': { get: method('pool') },
    },
  }
}

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  signingKey = pair.privateKey
  publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }
  world = serve()
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(world.address() as AddressInfo).port}`
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-access-'))
  await mkdir(path.join(folder, 'apis', 'guarded', 'stages'), { recursive: true })
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }, { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*/iam/secret' }] }
  const files = {
    'account.json': { functions: { auth: { url: origin } } },
    'apis/guarded/api.json': definition(),
    'apis/guarded/stages/dev.json': { accessLogSettings: { format: '$context.requestId $context.identity.apiKey $context.status $context.error.message' } },
    'usage-plans.json': { usagePlans: [{ id: 'gold', apiStages: [{ apiId: 'guarded', stage: 'dev' }] }] },
    'api-keys.json': { apiKeys: [{ id: 'k1', value: '${env.KEY}', usagePlanIds: ['gold'] }] },
    'credentials.json': { credentials: [{ accessKeyId: 'AKIDALICE', secretAccessKey: '${env.SECRET}', arn: 'arn:aws:iam::123456789012:user/alice', policies: [policy] }] },
  }
  for (const [file, content] of Object.entries(files)) await writeFile(path.join(folder, file), JSON.stringify(content))
  dev = await startDev(['--json', '--rules', folder, '--var', `KEY=${KEY}`, '--var', `SECRET=${SECRET}`, '--var', `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=${origin}`])
})

afterAll(async () => {
  await dev.stop()
  world.close()
  await rm(folder, { recursive: true })
})

async function ask(pathname: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await dev.fetch(`/guarded/dev${pathname}`, { headers })
  return `${response.status} ${await response.text()}`
}

const token = (claims: Readonly<Record<string, unknown>>): Promise<string> => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setExpirationTime('1h').sign(signingKey)

test('a policy that was exported from Amazon guards', async () => {
  expect(await ask('/open')).toMatch(/^200/u)
  expect(await ask('/denied')).toMatch(/^403 .*User: anonymous is not authorized.* with an explicit deny/u)
})

test('API keys', async () => {
  expect(await ask('/key')).toBe('403 {"message":"Forbidden"}')
  expect(await ask('/key', { 'x-api-key': KEY })).toMatch(/^200 .*"key":"k1"/u)
  expect(await ask('/key', { 'x-api-key': `${KEY}x` })).toMatch(/^403/u)
})

test('an unmodified signing client', async () => {
  const client = new AwsClient({ accessKeyId: 'AKIDALICE', secretAccessKey: SECRET, service: 'execute-api', region: 'us-east-1', retries: 0 })
  const url = `${dev.origin}/guarded/dev/iam`
  const allowed = [
    client.fetch(`${url}/1?b=2&a=1%202`), client.fetch(`${url}/a%20b`, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }),
    client.fetch(`${url}/1`, { aws: { signQuery: true } }), client.fetch(`${url}/1`, { headers: { 'x-list': 'a, b' } }),
  ]
  for (const response of await Promise.all(allowed)) expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('user/alice')])
  expect((await client.fetch(`${url}/secret`)).status).toBe(403)
  const signed = await client.sign(`${url}/1`)
  expect((await fetch(`${url}/2`, { headers: signed.headers })).status).toBe(403)
})

test('a Lambda authorizer', async () => {
  expect(await ask('/fn', { authorization: 'good' })).toMatch(/^200 .*"principal":"bob"/u)
  expect(await ask('/fn', { authorization: 'bad' })).toBe('401 {"message":"Unauthorized"}')
  expect(await ask('/fn', { authorization: 'deny' })).toBe('403 {"Message":"User is not authorized to access this resource with an explicit deny"}')
})

test('tokens of an issuer and of a user pool', async () => {
  expect(await ask('/oidc', { authorization: `Bearer ${await token({ iss: origin, aud: 'me', sub: 'carol' })}` })).toMatch(/^200 .*"sub":"carol"/u)
  expect(await ask('/oidc', { authorization: `Bearer ${await token({ iss: origin, aud: 'you', sub: 'carol' })}` })).toMatch(/^401/u)
  expect(await ask('/pool', { authorization: await token({ iss: `${origin}/us-east-1_Pool`, aud: 'c', token_use: 'id', sub: 'dave' }) })).toMatch(/^200 .*"sub":"dave"/u)
})

test('nothing that was printed holds a secret', async () => {
  const jwt = await token({ iss: origin, aud: 'you', sub: 'erin' })
  await ask('/oidc', { authorization: `Bearer ${jwt}` })
  await ask('/nothing', { authorization: `Bearer ${jwt}` })
  // The lines of the refusals are there, so what follows could find something.
  expect(dev.output()).toContain('the token does not have a valid audience')
  for (const secret of [KEY, SECRET, jwt, jwt.split('.')[2] ?? '', 'Signature=']) expect(dev.output()).not.toContain(secret)
})
