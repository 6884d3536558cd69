import { exports } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answerOf, methodOf, mockOf } from '../../documents.ts'
import { publish } from '../mapping/publish.ts'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const statement = (effect: string, condition: Record<string, Record<string, string>>) => ({ Effect: effect, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*', Condition: condition })
/** Amazon's pattern: everybody, but for those who come by another endpoint (aws-rest 12.3). */
const POLICY = { Version: '2012-10-17', Statement: [statement('Allow', {}), statement('Deny', { StringNotEquals: { 'aws:SourceVpce': 'vpce-mine' } })] }
const RESOURCES = { '/who': { GET: methodOf(mockOf({ integrationResponses: [answerOf({ responseTemplates: { 'application/json': '$context.identity.vpceId $context.identity.vpcId' } })] })) } }
const PRIVATE = { endpointConfiguration: { type: 'PRIVATE' as const, vpcEndpointIds: [] } }

async function askBy(props: { readonly vpceId?: unknown; readonly vpcId?: unknown; readonly sourceIp?: unknown } | undefined, path: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await exports.PrivateGateway(props === undefined ? {} : { props }).fetch(new Request(`http://gateway.test${path}`, { headers }))
  return `${response.status} ${await response.text()}`
}

describe('a private API', () => {
  it('is called through a binding that says which endpoint it is', async () => {
    const ask = await publish('inside', RESOURCES, { api: { ...PRIVATE, policy: POLICY } })
    expect(await askBy({ vpceId: 'vpce-mine', vpcId: 'vpc-1' }, '/inside/dev/who')).toBe('200 vpce-mine vpc-1')
    expect(await askBy({ vpceId: 'vpce-mine' }, '/dev/who', { 'x-apigw-api-id': 'inside' })).toBe('200 vpce-mine ')
    expect(await askBy({ vpceId: 'vpce-other' }, '/inside/dev/who')).toMatch(/^403 .*User: anonymous is not authorized to perform: execute-api:Invoke .* with an explicit deny/u)
    expect(await askBy({ vpceId: 'vpce-mine' }, '/dev/who', { 'x-apigw-api-id': 'nobody' })).toBe('403 {"message":"Forbidden"}')
    for (const props of [undefined, {}, { vpceId: '' }, { vpceId: 7 }]) expect(await askBy(props, '/inside/dev/who')).toBe('403 {"message":"Forbidden"}')
    // The internet does not lead to it, whatever a client says of itself.
    const outside = [ask('/who'), ask('/who', { headers: { 'x-apigw-api-id': 'inside', 'x-vpce-id': 'vpce-mine', 'x-amzn-vpce-id': 'vpce-mine' } }), exports.default.fetch(new Request('http://inside.execute-api.localhost/dev/who'))]
    expect((await Promise.all(outside)).map(({ status }) => status)).toEqual([403, 403, 403])
  })

  it('answers nobody without a policy', async () => {
    await publish('lonely', RESOURCES, { api: PRIVATE })
    expect(await askBy({ vpceId: 'vpce-mine' }, '/lonely/dev/who')).toMatch(/^403 .*User: anonymous is not authorized/u)
  })

  it('is judged by network and address within it, not by the address of the internet', async () => {
    const conditions = { StringEquals: { 'aws:SourceVpc': 'vpc-1' }, IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }
    await publish('network', RESOURCES, { api: { ...PRIVATE, policy: { Version: '2012-10-17', Statement: [statement('Allow', conditions)] } } })
    const path = '/network/dev/who'
    expect(await askBy({ vpceId: 'e', vpcId: 'vpc-1', sourceIp: '10.1.2.3' }, path)).toMatch(/^200/u)
    for (const props of [{ vpceId: 'e', vpcId: 'vpc-2', sourceIp: '10.1.2.3' }, { vpceId: 'e', vpcId: 'vpc-1', sourceIp: '11.1.2.3' }, { vpceId: 'e' }]) expect(await askBy(props, path, { 'cf-connecting-ip': '10.1.2.3' })).toMatch(/^403/u)
  })
})

it('an API of the internet is not reached from a private network', async () => {
  const ask = await publish('outside', RESOURCES)
  expect((await ask('/who')).status).toBe(200)
  expect(await askBy({ vpceId: 'vpce-mine' }, '/outside/dev/who')).toBe('403 {"message":"Forbidden"}')
})
