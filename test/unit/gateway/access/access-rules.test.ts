import { describe, expect, test } from 'vitest'
import { compileRules } from '../../../../worker/semantics/rules/compile-rules.ts'
import { toKvEntries } from '../../../../worker/semantics/rules/kv-entries.ts'
import { SOUND } from '../../semantics/rules/folder.ts'

const FOLDER = { 'apis/pets/api.yaml': SOUND, 'apis/pets/stages/dev.json': '{}', 'apis/pets/stages/prod.json': '{}' }
const PLANS = { usagePlans: [{ id: 'gold', apiStages: [{ apiId: 'pets', stage: 'dev' }] }, { id: 'all', apiStages: [{ apiId: 'pets', stage: 'dev' }, { apiId: 'pets', stage: 'prod' }] }] }
const VALUE = 'an-imported-key-value'

async function compile(files: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}): ReturnType<typeof compileRules> {
  const texts = Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? content : JSON.stringify(content)] as const)
  return compileRules(new Map([...Object.entries(FOLDER), ...texts]), { env, credentialsKey: 'key' })
}

async function problemsOf(files: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const compiled = await compile(files)
  const problems = compiled.ok ? compiled.warnings : compiled.problems
  return problems.map(({ severity, file, path, message }) => `${severity} ${file} ${path} ${message}`)
}

describe('the files that say who may call', () => {
  test('become documents without a secret in the open', async () => {
    const compiled = await compile(
      {
        'usage-plans.json': PLANS,
        'api-keys.json': { apiKeys: [{ id: 'k1', value: '${env.KEY}', usagePlanIds: ['gold'], previous: { valueSha256: 'a'.repeat(64), validUntil: '2025-01-01T00:00:00Z' } }] },
        'credentials.json': { credentials: [{ accessKeyId: 'AKIDALICE', secretAccessKey: '${env.SECRET}', sessionToken: '${env.TOKEN}', policies: [{ Statement: [] }] }] },
      },
      { KEY: VALUE, SECRET: 'secret-of-alice', TOKEN: 'token-of-alice' },
    )
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    expect(compiled.warnings).toEqual([])
    const text = JSON.stringify(toKvEntries(compiled.rules))
    for (const secret of [VALUE, 'secret-of-alice', 'token-of-alice']) expect(text).not.toContain(secret)
    const keys = toKvEntries(compiled.rules).map(([key]) => key).filter((key) => /^(usage-plan|api-key|credential)\//u.test(key))
    expect(keys).toEqual(['usage-plan/gold', 'usage-plan/all', `api-key/${compiled.rules.apiKeys[0]?.valueSha256}`, `api-key/${'a'.repeat(64)}`, 'credential/AKIDALICE'])
    expect(compiled.rules.apiKeys.map(({ document }) => document.validUntilMs)).toEqual([null, Date.parse('2025-01-01T00:00:00Z')])
    expect(compiled.rules.credentials[0]).toMatchObject({ arn: 'arn:aws:iam::123456789012:user/AKIDALICE', accountId: '123456789012', userId: 'AKIDALICE', enabled: true })
  })

  const key = { id: 'k', value: VALUE, usagePlanIds: ['gold'] }
  const credential = { accessKeyId: 'AKID', secretAccessKey: 's', policies: [] }
  const rows: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
    ['a stage that is not there', { 'usage-plans.json': { usagePlans: [{ id: 'p', apiStages: [{ apiId: 'pets', stage: 'dve' }] }] } }, ['error usage-plans.json usagePlans[0].apiStages[0] Invalid API Stage {api: pets, stage: dve} specified for usageplan p; did you mean "pets/dev"?']],
    ['a stage twice', { 'usage-plans.json': { usagePlans: [{ id: 'p', apiStages: [{ apiId: 'pets', stage: 'dev' }, { apiId: 'pets', stage: 'dev' }] }] } }, ['error usage-plans.json usagePlans[0].apiStages[1] the stage pets/dev stands in the usage plan twice']],
    ['a quota in each isolate', { 'usage-plans.json': { usagePlans: [{ id: 'p', quota: { limit: 1, period: 'DAY', mode: 'local' } }] } }, ['error usage-plans.json usagePlans[0].quota.mode "local" is not one of lease, exact']],
    ['a quota of a year, below zero', { 'usage-plans.json': { usagePlans: [{ id: 'p', quota: { limit: -1, period: 'YEAR', mode: 'exakt' } }] } }, ['error usage-plans.json usagePlans[0].quota.limit too small: expected number to be >=0', 'error usage-plans.json usagePlans[0].quota.period "YEAR" is not one of DAY, WEEK, MONTH', 'error usage-plans.json usagePlans[0].quota.mode "exakt" is not one of lease, exact; did you mean "exact"?']],
    ['a plan twice', { 'usage-plans.json': { usagePlans: [{ id: 'p' }, { id: 'p' }] } }, ['error usage-plans.json usagePlans[1].id the usage plan p stands here twice']],
    ['a method that is not there', { 'usage-plans.json': { usagePlans: [{ id: 'p', apiStages: [{ apiId: 'pets', stage: 'dev', throttle: { '/nothing/GET': { rateLimit: 1, burstLimit: 1 } } }] }] } }, [expect.stringContaining('there is no method /nothing/GET')]],
    ['a key in the file', { 'usage-plans.json': PLANS, 'api-keys.json': { apiKeys: [key] } }, ['warning api-keys.json apiKeys[0].value a secret stands in the file: write ${env.NAME} and set the variable where you push']],
    ['a key without a plan', { 'api-keys.json': { apiKeys: [{ id: 'k', valueSha256: 'b'.repeat(64) }] } }, ['warning api-keys.json apiKeys[0] a key without a usage plan opens nothing']],
    ['a short key', { 'api-keys.json': { apiKeys: [{ ...key, value: 'short' }] } }, [expect.stringContaining('API Key value should be at least 20 characters')]],
    ['a key of neither value nor hash', { 'api-keys.json': { apiKeys: [{ id: 'k' }] } }, [expect.stringContaining('a key has either a value or a valueSha256')]],
    ['a plan that is not there', { 'usage-plans.json': PLANS, 'api-keys.json': { apiKeys: [{ id: 'k', valueSha256: 'b'.repeat(64), usagePlanIds: ['glod'] }] } }, ['error api-keys.json apiKeys[0].usagePlanIds[0] Invalid Usage Plan ID specified: there is no glod; did you mean "gold"?']],
    ['a plan whose own fault is told, and nothing of the keys that name it', { 'usage-plans.json': { usagePlans: [{ id: 'gold', throttle: { rateLimit: -1, burstLimit: 1 } }] }, 'api-keys.json': { apiKeys: [{ id: 'k', valueSha256: 'b'.repeat(64), usagePlanIds: ['gold'] }] } }, ['error usage-plans.json usagePlans[0].throttle.rateLimit a rate is 0 or more requests a second']],
    ['two plans for one stage', { 'usage-plans.json': PLANS, 'api-keys.json': { apiKeys: [{ id: 'k', valueSha256: 'b'.repeat(64), usagePlanIds: ['gold', 'all'] }] } }, ['error api-keys.json apiKeys[0].usagePlanIds[1] a key has at most one usage plan for a stage: gold and all both hold pets/dev']],
    ['two keys of one value', { 'usage-plans.json': PLANS, 'api-keys.json': { apiKeys: [{ id: 'a', valueSha256: 'b'.repeat(64), usagePlanIds: ['gold'] }, { id: 'b', valueSha256: 'b'.repeat(64), usagePlanIds: ['gold'] }] } }, ['error api-keys.json apiKeys[1] API Key already exists: another key has this value']],
    ['an unknown field', { 'api-keys.json': { apiKeys: [{ id: 'k', valueSha256: 'b'.repeat(64), usagePlanIds: [], enable: true }] } }, [expect.stringContaining('did you mean "enabled"')]],
    ['a credential twice', { 'credentials.json': { credentials: [credential, credential] } }, [expect.stringContaining('a secret stands'), expect.stringContaining('the access key AKID stands here twice'), expect.stringContaining('a secret stands')]],
    ['a policy that is none', { 'credentials.json': { credentials: [{ ...credential, policies: [{ Statement: { Effect: 'Maybe', Action: '*', Resource: '*' } }] }] } }, [expect.stringContaining('a secret stands'), 'error credentials.json credentials[0].policies[0].Statement Effect is Allow or Deny']],
    ['a condition that is never present', { 'credentials.json': { credentials: [{ ...credential, policies: [{ Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:SourceArn': 'x' } } } }] }] } }, [expect.stringContaining('a secret stands'), expect.stringContaining('the condition key aws:SourceArn is never present here')]],
    ['an ARN that is none', { 'credentials.json': { credentials: [{ ...credential, arn: 'alice' }] } }, [expect.stringContaining('an ARN of a user, role or session')]],
  ]
  test.each(rows)('%s', async (_name, files, expected) => expect(await problemsOf(files)).toEqual(expected))
})

describe('authorizers of a definition', () => {
  const operation = { 'x-amazon-apigateway-integration': { type: 'mock' }, security: [{ auth: [] }] }
  const definition = (authorizer: unknown): unknown => ({
    openapi: '3.0.1', info: { title: 'x', version: '1' }, paths: { '/': { get: operation } },
    components: { securitySchemes: { auth: { type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authorizer': authorizer } } },
  })
  const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations'
  const pool = 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool'
  const rows: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['token', { type: 'token', authorizerUri: uri }, []],
    ['request', { type: 'request', authorizerUri: uri, identitySource: 'method.request.header.X, stageVariables.y, context.identity.sourceIp' }, []],
    ['request without cache', { type: 'request', authorizerUri: uri, authorizerResultTtlInSeconds: 0 }, []],
    ['user pools', { type: 'cognito_user_pools', providerARNs: [pool] }, []],
    ['jwt', { type: 'jwt', identitySource: '$request.header.Authorization', jwtConfiguration: { issuer: 'https://i.example', audience: ['a'] } }, []],
    ['no function', { type: 'token' }, ['x-amazon-apigateway-authorizer']],
    ['a token in a query', { type: 'token', authorizerUri: uri, identitySource: 'method.request.querystring.t' }, ['identitySource']],
    ['two tokens', { type: 'token', authorizerUri: uri, identitySource: 'method.request.header.A,method.request.header.B' }, ['identitySource']],
    ['a source that is none', { type: 'request', authorizerUri: uri, identitySource: 'method.request.path.id' }, ['identitySource']],
    ['a cache without a source', { type: 'request', authorizerUri: uri }, ['x-amazon-apigateway-authorizer']],
    ['a TTL beyond the bound', { type: 'token', authorizerUri: uri, authorizerResultTtlInSeconds: 3601 }, ['authorizerResultTtlInSeconds']],
    ['an expression that is none', { type: 'token', authorizerUri: uri, identityValidationExpression: '(' }, ['identityValidationExpression']],
    ['no user pool', { type: 'cognito_user_pools' }, ['x-amazon-apigateway-authorizer']],
    ['a user pool that is none', { type: 'cognito_user_pools', providerARNs: ['pool'] }, ['providerARNs']],
    ['no issuer', { type: 'jwt', jwtConfiguration: { issuer: 'x', audience: ['a'] } }, ['jwtConfiguration']],
    ['no audience', { type: 'jwt', jwtConfiguration: { issuer: 'https://i.example' } }, ['jwtConfiguration']],
  ]
  test.each(rows)('%s', async (_name, authorizer, fields) => {
    const compiled = await compileRules(new Map([['apis/a/api.json', JSON.stringify(definition(authorizer))], ['apis/a/stages/dev.json', '{}']]), { env: {} })
    const errors = compiled.ok ? [] : compiled.problems.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ path }) => path.split('.').at(-1))).toEqual(fields)
  })
})
