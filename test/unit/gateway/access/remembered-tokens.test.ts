import { expect, test } from 'vitest'
import type { AuthorizerDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { importPublicKey } from '../../../../worker/semantics/authorizers/jwt/verify-token.ts'
import { accessOf } from '../../../access.ts'
import { methodOf, mockOf } from '../../../documents.ts'
import { gatewayOf, NOW_MS } from '../../../gateway.ts'
import { createSigner, type Signer } from '../../semantics/authorizers/jwt/tokens.ts'

const ISSUER = 'https://issuer.example'
const POOL = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool'

const authorizer = (parts: Partial<AuthorizerDocument>): AuthorizerDocument => ({
  id: 'auth01', type: 'JWT', authorizerUri: null, authorizerCredentials: null, identitySource: ['method.request.header.Authorization'],
  identityValidationExpression: null, authorizerResultTtlInSeconds: 300, providerARNs: [], jwtConfiguration: { issuer: ISSUER, audience: ['me'] }, ...parts,
})
const AUTHORIZERS = {
  jwt: authorizer({}),
  strict: authorizer({ id: 'auth02', jwtConfiguration: { issuer: ISSUER, audience: ['another'] } }),
  samePool: authorizer({ id: 'auth03', jwtConfiguration: { issuer: POOL, audience: ['me'] } }),
  pool: authorizer({ id: 'auth04', type: 'COGNITO_USER_POOLS', jwtConfiguration: null, providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool'] }),
}
const guarded = (authorizerId: string, type: 'CUSTOM' | 'COGNITO_USER_POOLS' = 'CUSTOM') => ({ GET: methodOf(mockOf(), { authorizationType: type, authorizerId }) })

/** An API behind an issuer whose keys and clock the test turns. */
function worldOf(signers: readonly Signer[]) {
  const now = { ms: NOW_MS }
  const published: Record<string, unknown> = { [ISSUER]: { keys: signers.map(({ publicKey }) => publicKey) }, [POOL]: { keys: signers.map(({ publicKey }) => publicKey) } }
  const imports: string[] = []
  const access = accessOf({ keySets: published, nowMs: () => now.ms })
  const counted = { ...access, keySets: { ...access.keySets, imported: (...key: Parameters<typeof importPublicKey>) => (imports.push(key[1]), importPublicKey(...key)) } }
  const deferred: Promise<unknown>[] = []
  const gateway = gatewayOf(
    { '/jwt': guarded('jwt'), '/strict': guarded('strict'), '/same-pool': guarded('samePool'), '/pool': guarded('pool', 'COGNITO_USER_POOLS') },
    { api: { authorizers: AUTHORIZERS }, ports: { access: counted, clock: { nowMs: () => now.ms }, defer: (work) => void deferred.push(work) } },
  )
  const ask = async (path: string, authorization: string): Promise<number> => (await gateway.ask(path, { headers: { authorization } })).status
  return { ask, imports, now, publish: (keys: readonly unknown[]) => void (published[ISSUER] = { keys }), settle: () => Promise.all(deferred.splice(0)) }
}

const claims = (seconds = 3600) => ({ iss: ISSUER, aud: 'me', sub: 'alice', exp: Math.floor(NOW_MS / 1000) + seconds })

test('a token that was proved is not proved again', async () => {
  const signer = await createSigner()
  const world = worldOf([signer])
  const token = await signer.sign(claims())
  expect([await world.ask('/jwt', token), await world.ask('/jwt', token), await world.ask('/jwt', `${token.slice(0, -8)}AAAAAAAA`)]).toEqual([200, 200, 401])
  // Once for the token, once for the forged one.
  expect(world.imports).toHaveLength(2)
})

test('it ends on its second', async () => {
  const signer = await createSigner()
  const world = worldOf([signer])
  const token = await signer.sign(claims(60))
  const statuses: number[] = []
  for (const afterMs of [0, 59_000 - (NOW_MS % 1000), 60_000 - (NOW_MS % 1000)]) {
    world.now.ms = NOW_MS + afterMs
    statuses.push(await world.ask('/jwt', token))
  }
  expect(statuses).toEqual([200, 200, 401])
})

test('it is good for those alone whom its claims name', async () => {
  const signer = await createSigner()
  const world = worldOf([signer])
  const token = await signer.sign(claims())
  expect([await world.ask('/jwt', token), await world.ask('/strict', token), await world.ask('/pool', token), await world.ask('/same-pool', token)]).toEqual([200, 401, 401, 401])
})

test('it goes with its key', async () => {
  const [old, next] = [await createSigner('RS256', 'old'), await createSigner('RS256', 'next')]
  const world = worldOf([old, next])
  const token = await old.sign(claims())
  expect(await world.ask('/jwt', token)).toBe(200)
  world.publish([next.publicKey])
  // The set is old: this request renews it behind its answer, the next one knows.
  world.now.ms += 10 * 60 * 1000
  expect(await world.ask('/jwt', token)).toBe(200)
  await world.settle()
  expect(await world.ask('/jwt', token)).toBe(401)
  expect(await world.ask('/jwt', await next.sign(claims()))).toBe(200)
})

test('it goes when another key takes the id of its own', async () => {
  const [old, next] = [await createSigner('RS256', 'same'), await createSigner('RS256', 'same')]
  const world = worldOf([old])
  const token = await old.sign(claims())
  expect(await world.ask('/jwt', token)).toBe(200)
  world.publish([next.publicKey])
  world.now.ms += 10 * 60 * 1000
  await world.ask('/jwt', token)
  await world.settle()
  expect(await world.ask('/jwt', token)).toBe(401)
})

test('an algorithm that one authorizer takes is none that another must take', async () => {
  const signer = await createSigner('ES256')
  const world = worldOf([signer])
  const token = await signer.sign({ ...claims(), iss: POOL, token_use: 'id' })
  expect([await world.ask('/same-pool', token), await world.ask('/pool', token)]).toEqual([200, 401])
})
