import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDev, type Dev } from '../start-dev.ts'
import { startCognitoLocal, type SignedIn, type UserPools } from './cognito-local.ts'

let cognito: UserPools
let folder: string
let dev: Dev
let pool: string
let client: string
let shortLived: string
let otherPool: string
let otherClient: string

const CAROL = 'carol@example.com'

const arnOf = (poolId: string): string => `arn:aws:cognito-idp:us-east-1:123456789012:userpool/${poolId}`

const scheme = (providerARNs: readonly string[], more: object = {}) => ({ type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authtype': 'cognito_user_pools', 'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs, ...more } })

function definition(): unknown {
  const template = '{"sub":"$context.authorizer.claims.sub","email":"$context.authorizer.claims.email","use":"$context.authorizer.claims.token_use"}'
  const mock = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode":200}' }, responses: { default: { statusCode: '200', responseTemplates: { 'application/json': template } } } }
  const method = (scheme: string, scopes: readonly string[] = []) => ({ get: { security: [{ [scheme]: scopes }], 'x-amazon-apigateway-integration': mock } })
  return {
    openapi: '3.0.1', info: { title: 'pools', version: '1' },
    components: { securitySchemes: { pool: scheme([arnOf(pool)]), both: scheme([arnOf(otherPool), arnOf(pool)]), client: scheme([arnOf(pool)], { identityValidationExpression: shortLived }) } },
    paths: {
      '/id': method('pool'), '/access': method('pool', ['pets/read', 'aws.cognito.signin.user.admin']), '/scope': method('pool', ['pets/read']),
      '/both': method('both'), '/client': method('client'),
    },
  }
}

beforeAll(async () => {
  cognito = await startCognitoLocal()
  ;[pool, otherPool] = [await cognito.createPool('shop'), await cognito.createPool('other')]
  ;[client, shortLived, otherClient] = [await cognito.createClient(pool, 60), await cognito.createClient(pool, 0), await cognito.createClient(otherPool, 60)]
  for (const poolId of [pool, otherPool]) await cognito.createUser(poolId, CAROL)
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-pools-'))
  await mkdir(path.join(folder, 'apis', 'pools', 'stages'), { recursive: true })
  await writeFile(path.join(folder, 'apis', 'pools', 'api.json'), JSON.stringify(definition()))
  await writeFile(path.join(folder, 'apis', 'pools', 'stages', 'dev.json'), '{}')
  dev = await startDev(['--json', '--rules', folder, '--var', `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=${cognito.endpoint}`])
})

afterAll(async () => {
  await dev.stop()
  await cognito.stop()
  await rm(folder, { recursive: true })
})

async function ask(pathname: string, token: string): Promise<string> {
  const response = await dev.fetch(`/pools/dev${pathname}`, { headers: { authorization: token } })
  return `${response.status} ${await response.text()}`
}

const UNAUTHORIZED = '401 {"message":"Unauthorized"}'

describe('a user of a pool', () => {
  test.each(['InitiateAuth', 'AdminInitiateAuth'] as const)('who signed in by %s', async (flow) => {
    const { IdToken, AccessToken } = await cognito.signIn(pool, client, CAROL, flow)
    const seen = /^200 \{"sub":"[0-9a-f-]{36}","email":"carol@example.com","use":"id"\}$/u
    for (const token of [IdToken, `Bearer ${IdToken}`]) expect(await ask('/id', token)).toMatch(seen)
    expect(await ask('/both', IdToken)).toMatch(seen)
    expect(await ask('/access', `Bearer ${AccessToken}`)).toMatch(/^200 .*"use":"access"\}$/u)
  })

  test('gets no further with the wrong token', async () => {
    const mine = await cognito.signIn(pool, client, CAROL, 'InitiateAuth')
    const expired = await cognito.signIn(pool, shortLived, CAROL, 'InitiateAuth')
    const others = await cognito.signIn(otherPool, otherClient, CAROL, 'InitiateAuth')
    const rows: readonly (readonly [string, string, string, string])[] = [
      ['no token', '/id', '', UNAUTHORIZED],
      ['an access token where an ID token is asked for', '/id', mine.AccessToken, UNAUTHORIZED],
      ['an ID token where an access token is asked for', '/access', mine.IdToken, UNAUTHORIZED],
      ['a refresh token', '/id', mine.RefreshToken, UNAUTHORIZED],
      ['an access token without a scope of the method', '/scope', mine.AccessToken, UNAUTHORIZED],
      ['an ID token that has expired', '/id', expired.IdToken, '401 {"message":"The incoming token has expired"}'],
      ['an access token that has expired', '/access', expired.AccessToken, '401 {"message":"The incoming token has expired"}'],
      ['an ID token of another pool', '/id', others.IdToken, UNAUTHORIZED],
      ['an access token of another pool', '/access', others.AccessToken, UNAUTHORIZED],
      ['an ID token for another client', '/client', mine.IdToken, UNAUTHORIZED],
      ['an ID token with a signature of another', '/id', withSignatureOf(mine.IdToken, mine.AccessToken), UNAUTHORIZED],
    ]
    for (const [name, pathname, token, expected] of rows) expect([name, await ask(pathname, token)]).toEqual([name, expected])
    // The pool that an authorizer lists beside this one is as good.
    expect(await ask('/both', others.IdToken)).toMatch(/^200/u)
  })

  test('leaves no token in what was printed', async () => {
    const tokens: SignedIn = await cognito.signIn(pool, client, CAROL, 'InitiateAuth')
    for (const pathname of ['/id', '/access', '/scope', '/nothing']) for (const token of Object.values(tokens)) if (typeof token === 'string') await ask(pathname, `Bearer ${token}`)
    expect(dev.output()).toContain('an access token is needed')
    for (const token of [tokens.IdToken, tokens.AccessToken, tokens.RefreshToken]) for (const part of token.split('.').slice(1)) expect(dev.output()).not.toContain(part)
  })
})

function withSignatureOf(token: string, other: string): string {
  return `${token.slice(0, token.lastIndexOf('.'))}${other.slice(other.lastIndexOf('.'))}`
}
