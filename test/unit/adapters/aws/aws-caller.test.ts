import { describe, expect, test } from 'vitest'
import { callAws, type AwsCallerOptions } from '../../../../worker/adapters/aws/aws-caller.ts'
import { readAwsEnvironment } from '../../../../worker/adapters/aws/environment.ts'
import type { ServiceCall, UpstreamOutcome, UpstreamRequest } from '../../../../worker/ports.ts'
import { serviceOf } from '../../../../worker/semantics/integrations/aws/services.ts'

const ENV = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }
const ROLE = 'arn:aws:iam::123456789012:role/r'
const START_MS = 1_686_593_110_000

const answered = (status: number, text: string, headers: Record<string, string> = {}): UpstreamOutcome => ({ kind: 'answered', response: new Response(null, { status, headers }), body: new TextEncoder().encode(text) })

function granted(accessKeyId: string, expiresAtMs: number): UpstreamOutcome {
  const credentials = `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>s&amp;s</SecretAccessKey><SessionToken>token==</SessionToken><Expiration>${new Date(expiresAtMs).toISOString()}</Expiration></Credentials>`
  return answered(200, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>${credentials}</AssumeRoleResult></AssumeRoleResponse>`)
}

interface World {
  nowMs: number
  readonly sent: UpstreamRequest[]
  sts: (attempt: number) => UpstreamOutcome
  service: (attempt: number) => UpstreamOutcome
  readonly options: AwsCallerOptions
}

function worldOf(env: Readonly<Record<string, unknown>> = ENV): World {
  const sent: UpstreamRequest[] = []
  const counts = { sts: 0, service: 0 }
  const world: World = {
    nowMs: START_MS,
    sent,
    sts: () => granted('ASIA1', START_MS + 900_000),
    service: () => answered(200, '{}'),
    options: {
      environment: readAwsEnvironment(env),
      roles: new Map(),
      nowMs: () => world.nowMs,
      secretOf: async (accessKeyId) => (accessKeyId === 'AKIDCALLER' ? 'callersecret' : null),
      send: async (request) => {
        sent.push(request)
        return request.url.startsWith('https://sts.') ? world.sts((counts.sts += 1)) : world.service((counts.service += 1))
      },
    },
  }
  return world
}

function callOf(identity: ServiceCall['identity'], timeoutMs = 1_000): ServiceCall {
  const address = { service: serviceOf('dynamodb'), hostName: 'dynamodb', region: 'eu-west-1', subdomain: null }
  const headers = new Headers({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.GetItem' })
  return { request: { address, method: 'POST', target: '/', headers, body: '{}' }, identity, timeoutMs, take: { wholeUpToBytes: 1_000, beyond: 'fails' } }
}

const authorization = (request: UpstreamRequest | undefined): string => request?.headers.get('authorization') ?? ''

test("signs with the environment's credentials", async () => {
  const world = worldOf({ ...ENV, AWS_SESSION_TOKEN: 'session' })
  expect(await callAws(callOf({ kind: 'gateway' }), world.options)).toMatchObject({ kind: 'answered' })
  expect(world.sent).toHaveLength(1)
  expect(world.sent[0]?.url).toBe('https://dynamodb.eu-west-1.amazonaws.com/')
  expect(authorization(world.sent[0])).toContain('Credential=AKIDEXAMPLE/20230612/eu-west-1/dynamodb/aws4_request')
  expect(world.sent[0]?.headers.get('x-amz-date')).toBe('20230612T180510Z')
  expect(world.sent[0]?.headers.get('x-amz-security-token')).toBe('session')
  expect(world.sent[0]?.headers.get('content-type')).toBe('application/x-amz-json-1.0')
})

describe('a role', () => {
  test('is assumed once, and its credentials sign until shortly before they expire', async () => {
    const world = worldOf()
    await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)
    world.nowMs += 700_000
    await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)
    expect(world.sent.map(({ url }) => new URL(url).host)).toEqual(['sts.eu-west-1.amazonaws.com', 'dynamodb.eu-west-1.amazonaws.com', 'dynamodb.eu-west-1.amazonaws.com'])
    expect(world.sent[0]?.body).toBe(`Action=AssumeRole&Version=2011-06-15&RoleArn=${encodeURIComponent(ROLE)}&RoleSessionName=BackplaneAssumeRoleSession&DurationSeconds=900`)
    expect(authorization(world.sent[2])).toContain('Credential=ASIA1/')
    world.nowMs += 100_000
    world.sts = () => granted('ASIA2', world.nowMs + 900_000)
    await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)
    expect(authorization(world.sent.at(-1))).toContain('Credential=ASIA2/')
  })

  test('is held apart from other roles', async () => {
    const world = worldOf()
    await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)
    await callAws(callOf({ kind: 'role', roleArn: `${ROLE}2` }), world.options)
    expect(world.sent.filter(({ url }) => url.startsWith('https://sts.'))).toHaveLength(2)
  })

  test('serves on while STS is down, until it has expired', async () => {
    const world = worldOf()
    await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)
    world.sts = () => ({ kind: 'unreachable', cause: 'down' })
    world.nowMs += 890_000
    expect(await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)).toMatchObject({ kind: 'answered' })
    world.nowMs += 9_000
    expect(await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)).toEqual({ kind: 'no-credentials', cause: "STS can't be reached: down" })
  })

  test('is assumed anew, once, when a service refuses its session', async () => {
    const world = worldOf()
    world.sts = (attempt) => granted(`ASIA${attempt}`, START_MS + 900_000)
    world.service = (attempt) => (attempt === 1 ? answered(400, '{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"expired"}') : answered(200, '{}'))
    expect(await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)).toMatchObject({ kind: 'answered', response: { status: 200 } })
    expect(world.sent).toHaveLength(4)
    expect(authorization(world.sent[3])).toContain('Credential=ASIA2/')
    world.service = () => answered(403, '<Error><Code>ExpiredToken</Code></Error>')
    expect(await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)).toMatchObject({ kind: 'answered', response: { status: 403 } })
    expect(world.sent).toHaveLength(7)
  })

  test('a denial of the service is an answer', async () => {
    const world = worldOf()
    world.service = () => answered(400, '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: x is not authorized"}')
    await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)
    expect(world.sent).toHaveLength(2)
  })

  const failures = [
    { name: 'STS says no', sts: answered(403, '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: a &lt;b&gt; is not authorized</Message></Error></ErrorResponse>'), outcome: { kind: 'no-credentials', cause: `STS answered 403 for ${ROLE}, AccessDenied: User: a <b> is not authorized` } },
    { name: 'STS answers something else', sts: answered(200, '<html>'), outcome: { kind: 'no-credentials', cause: `STS answered 200 for ${ROLE} without credentials` } },
    { name: 'STS is slow', sts: { kind: 'timed-out' } satisfies UpstreamOutcome, outcome: { kind: 'timed-out' } },
    { name: 'STS breaks off', sts: { kind: 'unreachable', cause: 'reset' } satisfies UpstreamOutcome, outcome: { kind: 'no-credentials', cause: "STS can't be reached: reset" } },
  ]
  test.each(failures)('$name', async ({ sts, outcome }) => {
    const world = worldOf()
    world.sts = () => sts
    expect(await callAws(callOf({ kind: 'role', roleArn: ROLE }), world.options)).toEqual(outcome)
    expect(world.sent).toHaveLength(1)
  })

  test('STS and the service share one time-out', async () => {
    const world = worldOf()
    world.sts = () => {
      world.nowMs += 600
      return granted('ASIA1', world.nowMs + 900_000)
    }
    await callAws(callOf({ kind: 'role', roleArn: ROLE }, 1_000), world.options)
    expect(world.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 400])
    world.options.roles.clear()
    expect(await callAws(callOf({ kind: 'role', roleArn: ROLE }, 600), world.options)).toEqual({ kind: 'timed-out' })
  })
})

describe('without credentials nothing is sent', () => {
  const rows = [
    { name: 'none are set', env: {}, identity: { kind: 'gateway' } as const },
    { name: 'half of them', env: { AWS_ACCESS_KEY_ID: 'x' }, identity: { kind: 'gateway' } as const },
    { name: 'empty ones', env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, identity: { kind: 'gateway' } as const },
    { name: 'a role, and nobody to assume it', env: {}, identity: { kind: 'role', roleArn: ROLE } as const },
    { name: "a caller's key without its secret", env: ENV, identity: { kind: 'caller', accessKeyId: 'AKIDOTHER', sessionToken: null } as const },
  ]
  test.each(rows)('$name', async ({ env, identity }) => {
    const world = worldOf(env)
    expect(await callAws(callOf(identity), world.options)).toMatchObject({ kind: 'no-credentials' })
    expect(world.sent).toHaveLength(0)
  })
})

test("signs in the caller's name", async () => {
  const world = worldOf({})
  await callAws(callOf({ kind: 'caller', accessKeyId: 'AKIDCALLER', sessionToken: 'theirs' }), world.options)
  expect(authorization(world.sent[0])).toContain('Credential=AKIDCALLER/')
  expect(world.sent[0]?.headers.get('x-amz-security-token')).toBe('theirs')
})

describe('endpoints of the environment', () => {
  const rows = [
    { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, url: 'http://127.0.0.1:4566/' },
    { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000/' }, url: 'http://127.0.0.1:8000/' },
    { env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' }, url: 'https://dynamodb.eu-west-1.amazonaws.com/' },
    { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, url: 'https://dynamodb.eu-west-1.amazonaws.com/' },
  ]
  test.each(rows)('$env', async ({ env, url }) => {
    const world = worldOf({ ...ENV, ...env })
    await callAws(callOf({ kind: 'gateway' }), world.options)
    expect(world.sent[0]?.url).toBe(url)
  })
})
