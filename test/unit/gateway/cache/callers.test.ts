import { describe, expect, it } from 'vitest'
import type { Functions, Ports } from '../../../../worker/ports.ts'
import { authorizerOf } from '../../../documents.ts'
import { cachedApiOf, read, type CachedApi, type CachedApiParts } from './cached-api.ts'

/** An authorizer that calls everybody `user`, as many do, and lets its callers do what a test says. */
function doorOf(actions: readonly string[], context: Readonly<Record<string, string>> = {}): Pick<Ports, 'functions'> {
  const answer = { principalId: 'user', policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] }, context }
  const invoke: Functions['invoke'] = async () => ({
    kind: 'answered',
    statusCode: 200,
    payload: new Uint8Array(new TextEncoder().encode(JSON.stringify(answer))),
    functionError: null,
    headers: new Headers(),
  })
  return { functions: { invoke, stream: () => Promise.reject(new Error('not asked for')) } }
}

const authorized = (parts: CachedApiParts = {}, door = doorOf(['execute-api:Invoke'])): CachedApi =>
  cachedApiOf({ ...parts, api: { authorizers: { door: authorizerOf() }, ...parts.api }, method: { authorizationType: 'CUSTOM', authorizerId: 'door' }, ports: door })

async function ask(api: CachedApi, token: string, headers: Record<string, string> = {}): Promise<string> {
  const [body] = await read(await api.ask('/pets', { headers: { authorization: token, ...headers } }))
  await api.settle()
  return body
}

describe('callers of an authorized method', () => {
  it('have answers of their own, even when the authorizer calls them all the same', async () => {
    const api = authorized()
    expect([await ask(api, 'ann'), await ask(api, 'bob'), await ask(api, 'ann'), await ask(api, 'bob')]).toEqual(['answer 1', 'answer 2', 'answer 1', 'answer 2'])
  })

  it('share answers where the settings say so', async () => {
    const api = authorized({ settings: { shared: true } })
    expect([await ask(api, 'ann'), await ask(api, 'bob')]).toEqual(['answer 1', 'answer 1'])
  })

  it('do not reach an answer without being let in', async () => {
    const api = authorized()
    await ask(api, 'ann')
    const refused = cachedApiOf({ isolateOf: api, api: { authorizers: { door: authorizerOf() } }, method: { authorizationType: 'CUSTOM', authorizerId: 'door' }, ports: doorOf(['s3:*']) })
    expect((await refused.ask('/pets', { headers: { authorization: 'ann' } })).status).toBe(403)
  })

  it('do not share with the same method in the open', async () => {
    const api = authorized()
    await ask(api, 'ann')
    const open = cachedApiOf({ isolateOf: api, backend: () => new Response('open') })
    expect(await ask(open, 'ann')).toBe('open')
  })
})

const NEW = { 'cache-control': 'max-age=0' }
const INVALIDATE = ['execute-api:Invoke', 'execute-api:InvalidateCache']
const policyOf = (...actions: readonly string[]) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: [...actions], Resource: 'execute-api:/*' }] })

describe('execute-api:InvalidateCache', () => {
  it('is given by the policy of an authorizer', async () => {
    const api = authorized({}, doorOf(INVALIDATE))
    expect([await ask(api, 'ann'), await ask(api, 'ann', NEW), await ask(api, 'ann')]).toEqual(['answer 1', 'answer 2', 'answer 2'])
  })

  it('is not given with execute-api:Invoke', async () => {
    const api = authorized()
    expect([await ask(api, 'ann'), await ask(api, 'ann', NEW)]).toEqual(['answer 1', 'answer 1'])
  })

  it('is taken away by the policy of the API', async () => {
    const deny = { Version: '2012-10-17', Statement: [...policyOf('execute-api:Invoke').Statement, { Effect: 'Deny', Principal: '*', Action: 'execute-api:InvalidateCache', Resource: 'execute-api:/*' }] }
    const api = authorized({ api: { policy: deny } }, doorOf(INVALIDATE))
    expect([await ask(api, 'ann'), await ask(api, 'ann', NEW)]).toEqual(['answer 1', 'answer 1'])
  })

  it('is given to everybody by the policy of an open API', async () => {
    const api = cachedApiOf({ api: { policy: policyOf(...INVALIDATE) } })
    expect([await ask(api, ''), await ask(api, '', NEW)]).toEqual(['answer 1', 'answer 2'])
  })

  it('is not given by a policy that allows only calls', async () => {
    const api = cachedApiOf({ api: { policy: policyOf('execute-api:Invoke') } })
    expect([await ask(api, ''), await ask(api, '', NEW)]).toEqual(['answer 1', 'answer 1'])
  })
})
