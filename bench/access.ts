import { AwsV4Signer } from 'aws4fetch'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { AuthorizerDocument } from '../kv-schemas/documents/deployment.ts'
import { accessOf } from '../test/access.ts'
import { methodOf, mockOf } from '../test/documents.ts'
import { functionsOf, returned } from '../test/functions.ts'
import { gatewayOf, NOW_MS } from '../test/gateway.ts'

/**
 * What it costs to know who calls: each kind of method in turn with one that asks nobody, round by round, so that a busy machine hurts all alike. Prints the
 * microseconds over the open method, of the best round.
 */
const ROUNDS = Number(process.argv[2] ?? 30)
const CALLS = 200
const ISSUER = 'https://issuer.example'

const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }
const token = await new SignJWT({ sub: 'alice' }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setIssuer(ISSUER).setAudience('me').setExpirationTime(NOW_MS / 1000 + 3600).sign(privateKey)
const authorizer = (parts: Partial<AuthorizerDocument>): AuthorizerDocument => ({
  id: 'a', type: 'TOKEN', authorizerCredentials: null, identitySource: ['method.request.header.Authorization'], identityValidationExpression: null, authorizerResultTtlInSeconds: 300,
  authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations', providerARNs: [], jwtConfiguration: null, ...parts,
})
const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] }
const access = accessOf({ keySets: { [ISSUER]: { keys: [jwk] } }, principals: [{ accessKeyId: 'AKIDALICE', secret: 's', policies: [policy] }], nowMs: () => NOW_MS })
// The isolate keeps signing keys; the fake of the tests derives them at each call.
const signers = new Map<string, ReturnType<typeof access.signer>>()
const kept = { ...access, signer: (id: string, scope: Parameters<typeof access.signer>[1]) => signers.get(id) ?? signers.set(id, access.signer(id, scope)).get(id) ?? access.signer(id, scope) }
const gateway = gatewayOf(
  {
    '/open': { GET: methodOf(mockOf()) },
    '/jwt': { GET: methodOf(mockOf(), { authorizationType: 'CUSTOM', authorizerId: 'jwt' }) },
    '/iam': { GET: methodOf(mockOf(), { authorizationType: 'AWS_IAM' }) },
    '/fn': { GET: methodOf(mockOf(), { authorizationType: 'CUSTOM', authorizerId: 'fn' }) },
  },
  {
    api: { authorizers: { fn: authorizer({}), jwt: authorizer({ id: 'b', type: 'JWT', authorizerUri: null, jwtConfiguration: { issuer: ISSUER, audience: ['me'] } }) } },
    ports: { access: kept, functions: functionsOf(() => returned(JSON.stringify({ principalId: 'bob', policyDocument: policy }))).functions, log: { write: () => undefined } },
  },
)
const signed = await new AwsV4Signer({ url: 'http://gateway.test/test/dev/iam', accessKeyId: 'AKIDALICE', secretAccessKey: 's', service: 'execute-api', region: 'us-east-1', datetime: new Date(NOW_MS).toISOString().replace(/[-:]|\.\d{3}/gu, '') }).sign()
const kinds: Readonly<Record<string, () => Promise<Response>>> = {
  open: () => gateway.ask('/open'),
  'open, with a token sent': () => gateway.ask('/open', { headers: { authorization: token } }),
  'verified JWT (RS256)': () => gateway.ask('/jwt', { headers: { authorization: token } }),
  'Signature Version 4': () => gateway.ask('/iam', { headers: signed.headers }),
  'kept policy of a Lambda authorizer': () => gateway.ask('/fn', { headers: { authorization: 'x' } }),
}

const best = new Map<string, number>()
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, ask] of Object.entries(kinds)) {
    const startMs = performance.now()
    for (let call = 0; call < CALLS; call += 1) {
      const response = await ask()
      if (response.status !== 200) throw new Error(`${name}: ${response.status} ${await response.text()}`)
    }
    const micros = ((performance.now() - startMs) * 1000) / CALLS
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, micros))
  }
}
const open = best.get('open, with a token sent') ?? 0
for (const [name, micros] of best) console.log(`${name.padEnd(36)} ${micros.toFixed(1).padStart(8)} us   ${(micros - open).toFixed(1).padStart(8)} us over open`)
