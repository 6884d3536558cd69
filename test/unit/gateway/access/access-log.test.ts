import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, test } from 'vitest'
import type { AuthorizerDocument, DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import type { WebAcl } from '../../../../kv-schemas/rule-files/stage.ts'
import type { FunctionOutcome } from '../../../../worker/semantics/integrations/functions/function-call.ts'
import { accessOf } from '../../../access.ts'
import { methodOf, mockOf } from '../../../documents.ts'
import { functionsOf, returned, threw } from '../../../functions.ts'
import { gatewayOf, NOW_MS } from '../../../gateway.ts'
import { createSigner } from '../../semantics/authorizers/jwt/tokens.ts'

const FORMAT = [
  '$context.requestId', '$context.waf.status', '$context.waf.error', '$context.wafResponseCode',
  '$context.authenticate.status', '$context.authenticate.error', '$context.authenticate.latency',
  '$context.authorizer.status', '$context.authorizer.error', '$context.authorizer.latency', '$context.authorizer.integrationLatency', '$context.authorizer.integrationStatus', '$context.authorizer.requestId',
  '$context.authorize.status', '$context.authorize.error', '$context.authorize.latency',
].join('|')
const URI = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations'
const authorizer = (parts: Partial<AuthorizerDocument>): AuthorizerDocument => ({
  id: 'auth01', type: 'TOKEN', authorizerUri: URI, authorizerCredentials: null, identitySource: ['method.request.header.Authorization'],
  identityValidationExpression: null, authorizerResultTtlInSeconds: 300, providerARNs: [], jwtConfiguration: null, ...parts,
})
const AUTHORIZERS = { fn: authorizer({}), jwt: authorizer({ id: 'auth02', type: 'JWT', authorizerUri: null, jwtConfiguration: { issuer: 'https://issuer.example', audience: ['me'] } }) }
const custom = (authorizerId: string) => ({ GET: methodOf(mockOf(), { authorizationType: 'CUSTOM', authorizerId }) })
const RESOURCES = { '/open': { GET: methodOf(mockOf()) }, '/iam': { GET: methodOf(mockOf(), { authorizationType: 'AWS_IAM' }) }, '/fn': custom('fn'), '/jwt': custom('jwt') }
const statement = (effect: string, resource = '*') => ({ Effect: effect, Action: 'execute-api:Invoke', Resource: resource })
const grant = (effect: string): FunctionOutcome => returned(JSON.stringify({ principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement: [statement(effect)] } }))
const signer = await createSigner()
const resourcePolicy = (effect: string) => ({ Version: '2012-10-17', Statement: [{ ...statement('Allow', 'execute-api:/*'), Principal: '*' }, { ...statement(effect, 'execute-api:/*'), Principal: '*' }] })

interface World {
  readonly webAcl?: WebAcl
  readonly api?: Partial<DeploymentDocument>
  readonly answer?: FunctionOutcome
  readonly iam?: string
}

/** The line of one request, without its id. The function takes 40 ms, and so does asking for keys. */
async function lineOf(path: string, headers: Readonly<Record<string, string>>, { webAcl, api = {}, answer = grant('Allow'), iam = 'Allow' }: World): Promise<string> {
  let nowMs = NOW_MS
  const access = accessOf({ principals: [{ accessKeyId: 'AKIDALICE', secret: 's', policies: [{ Statement: [statement(iam)] }] }], keySets: { 'https://issuer.example': { keys: [signer.publicKey] } }, nowMs: () => nowMs })
  const { functions } = functionsOf(() => {
    nowMs += 40
    return answer
  })
  const gateway = gatewayOf(RESOURCES, { api: { authorizers: AUTHORIZERS, ...api }, stage: { accessLogSettings: { format: FORMAT }, webAcl: webAcl ?? null }, ports: { access, functions, clock: { nowMs: () => nowMs } } })
  await gateway.ask(path, { headers })
  return String(gateway.lines.at(-1)?.['accessLog']).split('|').slice(1).join('|')
}

async function signed(): Promise<Record<string, string>> {
  const { headers } = await new AwsV4Signer({ url: 'http://gateway.test/test/dev/iam', accessKeyId: 'AKIDALICE', secretAccessKey: 's', service: 'execute-api', region: 'us-east-1', datetime: '20230612T180510Z' }).sign()
  return Object.fromEntries(headers)
}

const token = (aud = 'me') => signer.sign({ iss: 'https://issuer.example', aud, exp: Math.floor(NOW_MS / 1000) + 60 })
const ARN = 'arn:aws:execute-api:us-east-1:********9012:test/dev/GET'
const ALICE = 'User: arn:aws:iam::123456789012:user/alice is not authorized to perform: execute-api:Invoke on resource:'

/** waf (status, error, code) | authenticate (status, error, latency) | authorizer (status, error, latency, of the function: latency, status, id) | authorize (status, error, latency) */
const rows: readonly (readonly [string, string, () => Promise<Record<string, string>> | Record<string, string>, World, string])[] = [
  ['nothing to tell', '/open', () => ({}), {}, '-|-|-|-|-|-|-|-|-|-|-|-|-|-|-'],
  ['no route', '/none', () => ({}), {}, '-|-|-|-|-|-|-|-|-|-|-|-|-|-|-'],
  ['let through by the web ACL', '/open', () => ({}), { webAcl: { ipSet: { block: ['10.0.0.0/8'] } } }, '200|-|WAF_ALLOW|-|-|-|-|-|-|-|-|-|-|-|-'],
  ['filtered', '/open', () => ({}), { webAcl: { ipSet: { block: ['127.0.0.1'] } } }, '403|Forbidden|WAF_BLOCK|-|-|-|-|-|-|-|-|-|-|-|-'],
  ['open, allowed by the policy', '/open', () => ({}), { api: { policy: resourcePolicy('Allow') } }, '-|-|-|-|-|-|-|-|-|-|-|-|200|-|0'],
  ['open, denied by the policy', '/open', () => ({}), { api: { policy: resourcePolicy('Deny') } }, `-|-|-|-|-|-|-|-|-|-|-|-|403|User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${ARN}/open with an explicit deny|0`],
  ['signed', '/iam', signed, {}, '-|-|-|200|-|0|-|-|-|-|-|-|200|-|0'],
  ['signed, and denied', '/iam', signed, { iam: 'Deny' }, `-|-|-|200|-|0|-|-|-|-|-|-|403|${ALICE} ${ARN}/iam with an explicit deny|0`],
  ['unsigned', '/iam', () => ({}), {}, '-|-|-|403|Missing Authentication Token|0|-|-|-|-|-|-|-|-|-'],
  ['let in by a function', '/fn', () => ({ authorization: 'x' }), {}, '-|-|-|-|-|-|200|-|40|40|200|lambda-request|200|-|0'],
  ['denied by the policy of a function', '/fn', () => ({ authorization: 'x' }), { answer: grant('Deny') }, '-|-|-|-|-|-|200|-|40|-|-|-|403|User is not authorized to access this resource with an explicit deny|0'],
  ['turned away by a function', '/fn', () => ({ authorization: 'x' }), { answer: threw('{"errorMessage":"Unauthorized"}') }, '-|-|-|-|-|-|401|Unauthorized|40|-|-|-|-|-|-'],
  ['a function that is broken', '/fn', () => ({ authorization: 'x' }), { answer: threw('{"errorMessage":"boom"}') }, '-|-|-|-|-|-|500|-|40|-|-|-|-|-|-'],
  ['no token for the function', '/fn', () => ({}), {}, '-|-|-|-|-|-|401|Unauthorized|0|-|-|-|-|-|-'],
  ['denied before the function is asked', '/fn', () => ({ authorization: 'x' }), { api: { policy: resourcePolicy('Deny') } }, `-|-|-|-|-|-|-|-|-|-|-|-|403|User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${ARN}/fn with an explicit deny|0`],
  ['a token', '/jwt', async () => ({ authorization: await token() }), {}, '-|-|-|-|-|-|200|-|0|-|-|-|200|-|0'],
  ['a token for another', '/jwt', async () => ({ authorization: await token('you') }), {}, '-|-|-|-|-|-|401|Unauthorized|0|-|-|-|-|-|-'],
]

describe('the access log tells of authorization', () => {
  test.each(rows)('%s', async (_name, path, headers, world, expected) => expect(await lineOf(path, await headers(), world)).toBe(expected))
})
