import { AwsV4Signer } from 'aws4fetch'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spellingsOf } from '../../path-spellings.ts'
import { startDev, type Dev } from '../start-dev.ts'

/** What a guarded method says when it is reached, in a header, because answers to HEAD have no more. */
const REACHED = 'REACHED'
const SECRET = 'the-secret-of-alice'
const KEYS = { mine: 'a-key-of-the-first-api-1', others: 'a-key-of-the-other-api-2', lonely: 'a-key-without-a-stage-3', disabled: 'a-key-that-is-disabled-4' }
const FUNCTION_URI = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations'

let folder: string
let world: Server
let dev: Dev
/** What the open backend beside the guarded methods was asked for. */
const backend: string[] = []

/** One server that is the authorizer function and the backend of everything that is open. */
function serve(): Server {
  return createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      if (request.url?.startsWith('/backend') === true) {
        backend.push(request.url)
        response.end('open')
        return
      }
      const event = JSON.parse(text) as { type: string; authorizationToken?: string; headers?: Record<string, string> }
      const isGood = event.type === 'TOKEN' ? event.authorizationToken === 'good' : event.headers?.['X-A'] === 'x' && event.headers['X-B'] === 'yz'
      const statement = { Action: 'execute-api:Invoke', Effect: isGood ? 'Allow' : 'Deny', Resource: '*' }
      response.end(JSON.stringify({ principalId: 'p', policyDocument: { Version: '2012-10-17', Statement: [statement] } }))
    })
  })
}

const mock = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode":200}' }, responses: { default: { statusCode: '200', responseParameters: { 'method.response.header.X-Seen': `'${REACHED}'` } } } }
const guarded = (scheme: string) => ({ security: [{ [scheme]: [] }], 'x-amazon-apigateway-integration': mock })
const authorizer = (more: object) => ({ type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authorizer': { authorizerUri: FUNCTION_URI, ...more } })

function definition(origin: string): unknown {
  const any = (scheme: string) => ({ 'x-amazon-apigateway-any-method': guarded(scheme) })
  const open = { type: 'http_proxy', httpMethod: 'ANY', uri: `${origin}/backend/{any}`, requestParameters: { 'integration.request.path.any': 'method.request.path.any' } }
  return {
    openapi: '3.0.1', info: { title: 'guarded', version: '1' },
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        iam: { type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' },
        fn: authorizer({ type: 'token' }),
        pair: authorizer({ type: 'request', identitySource: 'method.request.header.X-A,method.request.header.X-B' }),
      },
    },
    paths: {
      '/iam': any('iam'), '/iam/{p+}': any('iam'), '/fn': any('fn'), '/pair': any('pair'), '/key': any('key'),
      '/verbs': { get: guarded('iam'), post: { 'x-amazon-apigateway-integration': { ...mock, responses: { default: { statusCode: '200' } } } } },
      '/{any+}': { 'x-amazon-apigateway-any-method': { parameters: [{ in: 'path', name: 'any', required: true, schema: { type: 'string' } }], 'x-amazon-apigateway-integration': open } },
    },
  }
}

beforeAll(async () => {
  world = serve()
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(world.address() as AddressInfo).port}`
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-outsider-'))
  const files = {
    'account.json': { functions: { auth: { url: origin } } },
    'apis/first/api.json': definition(origin), 'apis/first/stages/dev.json': {}, 'apis/first/stages/prod.json': {},
    'apis/other/api.json': definition(origin), 'apis/other/stages/dev.json': {},
    'usage-plans.json': { usagePlans: [{ id: 'first', apiStages: [{ apiId: 'first', stage: 'dev' }] }, { id: 'other', apiStages: [{ apiId: 'other', stage: 'dev' }] }, { id: 'none', apiStages: [] }] },
    'api-keys.json': {
      apiKeys: [
        { id: 'k1', value: '${env.mine}', usagePlanIds: ['first'] }, { id: 'k2', value: '${env.others}', usagePlanIds: ['other'] },
        { id: 'k3', value: '${env.lonely}', usagePlanIds: ['none'] }, { id: 'k4', value: '${env.disabled}', usagePlanIds: ['first'], enabled: false },
      ],
    },
    'domains.json': { domains: [{ domainName: 'api.example.com', basePathMappings: [{ basePath: 'v1', restApiId: 'first', stage: 'dev' }, { basePath: 'v1/admin', restApiId: 'other', stage: 'dev' }] }] },
    'credentials.json': { credentials: [{ accessKeyId: 'AKIDALICE', secretAccessKey: '${env.SECRET}', policies: [{ Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*/GET/iam' }] }] }] },
  }
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true })
    await writeFile(path.join(folder, file), JSON.stringify(content))
  }
  dev = await startDev(['--rules', folder, '--var', `SECRET=${SECRET}`, ...Object.entries(KEYS).flatMap(([name, value]) => ['--var', `${name}=${value}`])])
})

afterAll(async () => {
  await dev.stop()
  world.close()
  await rm(folder, { recursive: true })
})

/** Sends a request byte by byte as it is written here, and gives all that comes back. */
function send(line: string, headers: readonly string[] = [], { host = new URL(dev.origin).host, body = '' } = {}): Promise<string> {
  const { hostname, port } = new URL(dev.origin)
  const text = [line, `Host: ${host}`, 'Connection: close', ...headers, ...(body === '' ? [] : [`Content-Length: ${body.length}`]), '', body].join('\r\n')
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => socket.end(Buffer.from(text, 'latin1')))
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
}

async function isReached(...request: Parameters<typeof send>): Promise<boolean> {
  return (await send(...request)).includes(REACHED)
}

async function signed(target: string, signQuery = false): Promise<{ readonly target: string; readonly headers: readonly string[] }> {
  const url = `${dev.origin}${target}${signQuery ? '?X-Amz-Expires=60' : ''}`
  const { headers, url: signedUrl } = await new AwsV4Signer({ url, accessKeyId: 'AKIDALICE', secretAccessKey: SECRET, service: 'execute-api', region: 'us-east-1', signQuery }).sign()
  return { target: signedUrl.pathname + signedUrl.search, headers: [...headers].filter(([name]) => name !== 'host').map(([name, value]) => `${name}: ${value}`) }
}

type Row = readonly [line: string, headers?: readonly string[], options?: { readonly host?: string; readonly body?: string }]

/** Those of the rows that get in. */
async function intrudersOf(rows: readonly Row[]): Promise<Row[]> {
  const intruders: Row[] = []
  for (const row of rows) if (await isReached(...row)) intruders.push(row)
  return intruders
}

const ascii = (text: string): string => text.replace(/[^!-~]/gu, encodeURIComponent)
const header = (value: string): readonly string[] => [`X-Api-Key: ${value}`]

describe('nobody gets in', () => {
  test.each(['/iam', '/fn', '/pair', '/key'])('by another spelling of %s on the wire', async (guardedPath) => {
    const targets = spellingsOf(guardedPath).map((spelling) => `/first/dev${ascii(spelling)}`)
    const more = [`//first/dev${guardedPath}`, `/first//dev${guardedPath}`, `/first/./dev${guardedPath}`, `/first%2fdev${guardedPath}`, `/FIRST/dev${guardedPath}`, `/%66irst/d%65v${guardedPath}`, `http://api.test/first/dev${guardedPath}`, `/first/dev${guardedPath}\0`]
    expect(await intrudersOf([...targets, ...more].flatMap((target): Row[] => [[`GET ${target} HTTP/1.1`], [`HEAD ${target} HTTP/1.1`], [`get ${target} HTTP/1.1`]]))).toEqual([])
    expect(backend.filter((seen) => new RegExp(`^/backend/+${guardedPath.slice(1)}(?:[/?]|$)`, 'u').test(seen))).toEqual([])
  })

  test('by doubled, folded or misspelled headers', async () => {
    const line = 'GET /first/dev/fn HTTP/1.1'
    expect(await isReached(line, ['Authorization: good'])).toBe(true)
    const headers = [
      ['Authorization: bad', 'Authorization: good'], ['Authorization: good', 'Authorization: bad'], ['Authorization: bad\r\n good'], ['Authorization : good'], ['Authoriz_ation: good'], ['Authorization:'], ['Authorization: \0good'],
      ['Authorization: good\0'], ['Authorization: GOOD'], ['Authorization: Bearer good'], ['Proxy-Authorization: good'], [`Authorization: ${'g'.repeat(10_000)}`],
    ]
    expect(await intrudersOf(headers.map((one): Row => [line, one]))).toEqual([])
  })

  test('by identity sources that look alike when they are put together', async () => {
    expect(await isReached('GET /first/dev/pair HTTP/1.1', ['X-A: x', 'X-B: yz'])).toBe(true)
    const pairs = [['xy', 'z'], ['x', 'y z'], ['x:2', 'yz'], ['1:x2:yz', '1'], ['x,yz', 'x,yz'], ['yz', 'x']]
    expect(await intrudersOf(pairs.map(([a, b]): Row => ['GET /first/dev/pair HTTP/1.1', [`X-A: ${a}`, `X-B: ${b}`]]))).toEqual([])
    expect(await isReached('GET /first/prod/pair HTTP/1.1', ['X-A: x', 'X-B: zz'])).toBe(false)
  })

  test('with a signature for something else', async () => {
    const { target, headers } = await signed('/first/dev/iam')
    expect(await isReached(`GET ${target} HTTP/1.1`, headers)).toBe(true)
    const presigned = await signed('/first/dev/iam', true)
    expect(await isReached(`GET ${presigned.target} HTTP/1.1`)).toBe(true)
    const beyond = await signed('/first/dev/iam/x')
    const rows: readonly Row[] = [
      [`POST ${target} HTTP/1.1`, headers], [`HEAD ${target} HTTP/1.1`, headers], [`GET ${target} HTTP/1.1`, [...headers, 'X-HTTP-Method-Override: POST']], [`GET ${target}/x HTTP/1.1`, headers],
      ['GET /first/prod/iam HTTP/1.1', headers], ['GET /other/dev/iam HTTP/1.1', headers], [`GET ${target}?x=1 HTTP/1.1`, headers], [`GET ${target} HTTP/1.1`, headers, { body: 'x' }],
      [`GET ${target}?X-Amz-Date=20990101T000000Z HTTP/1.1`, headers], [`GET ${presigned.target} HTTP/1.1`, headers], [`GET ${presigned.target}&X-Amz-Credential=AKIDEVIL HTTP/1.1`],
      [`GET ${presigned.target.replace('Expires=60', 'Expires=604800')} HTTP/1.1`], [`GET ${presigned.target.replaceAll('X-Amz-', 'x-amz-')} HTTP/1.1`], [`GET ${target} HTTP/1.1`, headers, { host: 'other.test' }],
      [`GET ${target} HTTP/1.1`, [...headers, `X-Forwarded-Host: ${new URL(dev.origin).host}`], { host: 'other.test' }], [`GET ${beyond.target} HTTP/1.1`, beyond.headers],
    ]
    expect(await intrudersOf(rows)).toEqual([])
  })

  test('by another method', async () => {
    const overrides = ['GET', 'get', 'GET ', 'Get'].map((method): Row => ['POST /first/dev/verbs HTTP/1.1', [`X-HTTP-Method-Override: ${method}`]])
    expect(await intrudersOf([['HEAD /first/dev/verbs HTTP/1.1'], ['OPTIONS /first/dev/verbs HTTP/1.1'], ['TRACE /first/dev/iam HTTP/1.1'], ['PROPFIND /first/dev/iam HTTP/1.1'], ...overrides, ['POST /first/dev/verbs HTTP/1.1', ['X-HTTP-Method-Override: POST', 'X-HTTP-Method-Override: GET']]])).toEqual([])
  })

  test('with an API key of somebody or somewhere else', async () => {
    expect(await isReached('GET /first/dev/key HTTP/1.1', [`X-Api-Key: ${KEYS.mine}`])).toBe(true)
    const line = 'GET /first/dev/key HTTP/1.1'
    const rows: readonly Row[] = [
      [line, header(KEYS.others)], [line, header(KEYS.lonely)], [line, header(KEYS.disabled)], ['GET /first/prod/key HTTP/1.1', header(KEYS.mine)], ['GET /other/dev/key HTTP/1.1', header(KEYS.mine)],
      [`GET /first/dev/key?x-api-key=${KEYS.mine} HTTP/1.1`], [line, [`Authorization: ${KEYS.mine}`]], [line, [`Cookie: x-api-key=${KEYS.mine}`]], [line, [...header(KEYS.mine), ...header(KEYS.others)]],
      [line, header('k1')], [line, header(`${KEYS.mine}\0`)], [line, header('x'.repeat(9_000))], [line, header('__proto__constructor__proto__')], [line, header(KEYS.mine.toUpperCase())],
    ]
    expect(await intrudersOf(rows)).toEqual([])
  })

  test('by a mapping, a stage or a host that is near', async () => {
    const host = 'api.example.com'
    expect(await isReached('GET /v1/key HTTP/1.1', [`X-Api-Key: ${KEYS.mine}`], { host })).toBe(true)
    expect(await isReached('GET /v1/admin/key HTTP/1.1', [`X-Api-Key: ${KEYS.others}`], { host })).toBe(true)
    const targets = ['/v1/admin/key', '/v1//admin/key', '/v1/%61dmin/key', '//v1/admin/key', '/v1/./admin/key', '/v1/x/../admin/key']
    expect(await intrudersOf(targets.map((target): Row => [`GET ${target} HTTP/1.1`, [`X-Api-Key: ${KEYS.mine}`], { host }]))).toEqual([])
    const hosts = ['api.example.com.', 'API.EXAMPLE.COM', 'first.execute-api.localhost', 'FIRST.EXECUTE-API.LOCALHOST', 'first.execute-api.localhost.']
    expect(await intrudersOf(hosts.flatMap((one): Row[] => [['GET /v1/fn HTTP/1.1', [], { host: one }], ['GET /dev/fn HTTP/1.1', [], { host: one }]]))).toEqual([])
  })
})
