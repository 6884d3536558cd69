import { AwsV4Signer } from 'aws4fetch'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { join } from 'node:path'
import { bundleWorker } from '../../cli/dev/bundle-worker.ts'
import { usagePlanSchema, type ApiKeyDocument, type CredentialDocument } from '../../kv-schemas/documents/access.ts'
import { accountSchema } from '../../kv-schemas/documents/account.ts'
import type { AuthorizerDocument } from '../../kv-schemas/documents/deployment.ts'
import { apiIdSchema, stageNameSchema } from '../../kv-schemas/id-schemas.ts'
import { accountKey, apiKeyKey, credentialKey, deploymentKey, stageKey, usagePlanKey } from '../../kv-schemas/keys.ts'
import { usagePlanIdSchema } from '../../kv-schemas/rule-files/usage-plans.ts'
import { hashApiKey } from '../../worker/semantics/api-keys/key-value.ts'
import { writeDeploymentText } from '../../worker/semantics/compile/deployment-text.ts'
import { deploymentOf, methodOf, mockOf, stageOf } from '../../test/documents.ts'
import { deriveSealingKeys, sealSecret } from '../../worker/semantics/authorizers/seal-secret.ts'
import { getRequest } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { startRawWorker } from '../workerd.ts'
import { startGateway } from './proxy.ts'

const HOST = 'bench.execute-api.test'
const API = apiIdSchema.parse('bench')
const STAGE = stageNameSchema.parse('prod')
/** Three times as many as an isolate remembers, so that by the time of its second turn a token is forgotten. */
const TOKENS = 3_200
const SEALING_PASSPHRASE = 'key of the benchmarks'
const API_KEY = 'the-api-key-of-the-benchmarks'
const PLAN = 'benchmarks'
const SIGNER = { accessKeyId: 'AKIDALICE', secretAccessKey: 'the-secret-of-alice' }
const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*:*:bench/*/GET/*' }] }

/** What it costs to know who calls: methods that differ in their authorization alone, of one API in one process, against the one that asks nobody. */
export async function startAccessScenario(): Promise<Scenario> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const keySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] }
  const identity = await startRawWorker({ name: 'identity', code: await bundleWorker(join(import.meta.dirname, '..', 'peers', 'identity.ts')), vars: { KEY_SET: JSON.stringify(keySet) } })
  const origin = `http://127.0.0.1:${identity.port}`
  const gateway = await startGateway(await accessDocuments(origin), { vars: { CREDENTIALS_KEY: SEALING_PASSPHRASE } })
  const tokens = await Promise.all(Array.from({ length: TOKENS }, (_, index) => signToken(privateKey, origin, `caller-${index}`)))
  const [token = ''] = tokens
  const candidates: readonly (readonly [string, string, readonly Readonly<Record<string, string>>[]])[] = [
    ['no authorization', '/prod/open', [{ authorization: token }]],
    ['API key of a usage plan', '/prod/keyed', [{ 'x-api-key': API_KEY }]],
    ['JWT (RS256), each time another', '/prod/jwt', tokens.map((authorization) => ({ authorization }))],
    ['JWT (RS256), seen before', '/prod/jwt', [{ authorization: token }]],
    ['Signature Version 4', '/prod/iam', [await signedHeaders('/prod/iam')]],
    ['kept policy of a Lambda authorizer', '/prod/fn', [{ authorization: token }]],
  ]
  return {
    name: 'access',
    baseline: 'no authorization',
    candidates: candidates.map(([name, path, headers]) => ({ name, process: gateway, requests: headers.map((one) => getRequest(path, HOST, one)) })),
    stop: async () => {
      await Promise.all([identity, gateway].map((process) => process.stop()))
    },
  }
}

function signToken(key: CryptoKey, issuer: string, subject: string): Promise<string> {
  return new SignJWT({ sub: subject, email: 'alice@example.com', scope: 'openid pets/read' }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setIssuer(issuer).setAudience('me').setIssuedAt().setExpirationTime('1h').sign(key)
}

/** A signature of four minutes from now: it is good for nine, and a long run needs no other. */
async function signedHeaders(path: string): Promise<Record<string, string>> {
  const datetime = new Date(Date.now() + 240_000).toISOString().replace(/[-:]|\.\d{3}/gu, '')
  const { headers } = await new AwsV4Signer({ url: `http://${HOST}${path}`, ...SIGNER, service: 'execute-api', region: 'us-east-1', datetime }).sign()
  return Object.fromEntries([...headers].filter(([name]) => name !== 'host'))
}

const custom = (authorizerId: string) => methodOf(mockOf(), { authorizationType: 'CUSTOM', authorizerId })

async function accessDocuments(origin: string): Promise<Record<string, string>> {
  const resources = {
    '/open': { GET: methodOf(mockOf()) }, '/keyed': { GET: methodOf(mockOf(), { apiKeyRequired: true }) }, '/jwt': { GET: custom('jwt') }, '/iam': { GET: methodOf(mockOf(), { authorizationType: 'AWS_IAM' }) },
    '/fn': { GET: custom('fn') },
  }
  const authorizers = { jwt: authorizerOf({ id: 'jwt', type: 'JWT', jwtConfiguration: { issuer: origin, audience: ['me'] } }), fn: authorizerOf({ id: 'fn', authorizerUri: FUNCTION_URI }) }
  const deployment = deploymentOf(resources, { apiId: API, authorizers })
  const stage = stageOf({ apiId: API, stageName: STAGE })
  const account = accountSchema.parse({ schema: 1, functions: { authorizer: { url: origin } } })
  return {
    [deploymentKey(API, deployment.deploymentId)]: writeDeploymentText(deployment),
    [stageKey(API, STAGE)]: JSON.stringify(stage),
    [accountKey()]: JSON.stringify(account),
    [usagePlanKey(PLAN)]: JSON.stringify(usagePlanSchema.parse({ schema: 1, id: PLAN, name: PLAN, apiStages: [{ apiId: API, stage: STAGE }] })),
    [apiKeyKey(await hashApiKey(API_KEY))]: JSON.stringify(KEY_DOCUMENT),
    [credentialKey(SIGNER.accessKeyId)]: JSON.stringify(await credentialOf()),
  }
}

const KEY_DOCUMENT: ApiKeyDocument = { schema: 1, id: 'key', name: 'key', description: '', customerId: null, enabled: true, validUntilMs: null, usagePlanIds: [usagePlanIdSchema.parse(PLAN)], createdAtMs: null }

const FUNCTION_URI = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:authorizer/invocations'

function authorizerOf(parts: Partial<AuthorizerDocument>): AuthorizerDocument {
  return {
    id: 'a', type: 'TOKEN', authorizerUri: null, authorizerCredentials: null, identitySource: ['method.request.header.Authorization'],
    identityValidationExpression: null, authorizerResultTtlInSeconds: 300, providerARNs: [], jwtConfiguration: null, ...parts,
  }
}

async function credentialOf(): Promise<CredentialDocument> {
  const sealedSecret = await sealSecret(SIGNER.secretAccessKey, SIGNER.accessKeyId, await deriveSealingKeys(SEALING_PASSPHRASE))
  return {
    schema: 1, accessKeyId: SIGNER.accessKeyId, sealedSecret, sessionTokenSha256: null, expiresAtMs: null, arn: 'arn:aws:iam::123456789012:user/alice',
    accountId: '123456789012', userId: 'AIDAALICE', principalOrgId: null, tags: {}, policies: [POLICY], enabled: true,
  }
}
