import { describe, expect, it } from 'vitest'
import { partitionOf } from '../../../../worker/gateway/cache-partition.ts'
import type { Caller, Keyed } from '../../../../worker/gateway/exchange.ts'

/** Only what the partition looks at. */
function keyedOf(caller: Caller | null, parts: { readonly shared?: boolean; readonly type?: string; readonly authorizerId?: string; readonly requestId?: string; readonly apiKeyId?: string } = {}): Keyed {
  return {
    method: { document: { authorizationType: parts.type ?? 'CUSTOM', authorizerId: parts.authorizerId ?? 'door' } },
    settings: { shared: parts.shared ?? false },
    request: { headers: new Headers() },
    deployment: { authorizer: () => null },
    requestId: parts.requestId ?? 'r1',
    caller,
    apiKey: parts.apiKeyId === undefined ? null : { apiKeyId: parts.apiKeyId },
  } as unknown as Keyed
}

const iam = (arn: string): Caller => ({ kind: 'iam', credential: { arn }, policies: [], sessionToken: null }) as unknown as Caller
const claims = (claims: Readonly<Record<string, string>>): Caller => ({ kind: 'claims', claims })
const granted = (principalId: string, context: Readonly<Record<string, string>> = {}): Caller =>
  ({ kind: 'function', grant: { principalId, context, usageIdentifierKey: null, policy: { statements: [] } }, integrationLatencyMs: 0 }) as unknown as Caller

const APART: readonly (readonly [string, Keyed, Keyed])[] = [
  ['two principals', keyedOf(iam('arn:aws:iam::1:user/a')), keyedOf(iam('arn:aws:iam::1:user/b'))],
  ['two users', keyedOf(claims({ iss: 'i', sub: 'a' })), keyedOf(claims({ iss: 'i', sub: 'b' }))],
  ['two issuers', keyedOf(claims({ iss: 'i', sub: 'a' })), keyedOf(claims({ iss: 'j', sub: 'a' }))],
  ['two scopes of a user', keyedOf(claims({ iss: 'i', sub: 'a', scope: 'read' })), keyedOf(claims({ iss: 'i', sub: 'a', scope: 'write' }))],
  ['two tenants of a user', keyedOf(claims({ iss: 'i', sub: 'a', tenant: 'x' })), keyedOf(claims({ iss: 'i', sub: 'a', tenant: 'y' }))],
  ['two tokens without a subject', keyedOf(claims({ iss: 'i', jti: 'a' })), keyedOf(claims({ iss: 'i', jti: 'b' }))],
  ['two answers of an authorizer', keyedOf(granted('a')), keyedOf(granted('b'))],
  ['two contexts of an authorizer', keyedOf(granted('a', { role: 'x' })), keyedOf(granted('a', { role: 'y' }))],
  ['two authorizers', keyedOf(granted('a')), keyedOf(granted('a'), { authorizerId: 'gate' })],
  ['a principal and a user of the same name', keyedOf(iam('a')), keyedOf(claims({ iss: 'a', sub: 'a' }))],
  ['two requests without a caller', keyedOf(null), keyedOf(null, { requestId: 'r2' })],
  ['two API keys', keyedOf(null, { type: 'NONE', apiKeyId: 'k1' }), keyedOf(null, { type: 'NONE', apiKeyId: 'k2' })],
  ['two callers with one API key', keyedOf(granted('a'), { apiKeyId: 'k' }), keyedOf(granted('b'), { apiKeyId: 'k' })],
  ['a caller and nobody', keyedOf(granted('a')), keyedOf(null, { type: 'NONE' })],
]

describe('the partition keeps apart', () => {
  for (const [name, one, other] of APART) {
    it(name, () => {
      expect(partitionOf(one)).not.toBe(partitionOf(other))
    })
  }
})

const TOGETHER: readonly (readonly [string, Keyed, Keyed])[] = [
  ['two tokens of one user', keyedOf(claims({ iss: 'i', sub: 'a', jti: '1', exp: '1' })), keyedOf(claims({ iss: 'i', sub: 'a', jti: '2', exp: '2' }))],
  ['two orders of claims', keyedOf(claims({ iss: 'i', sub: 'a', role: 'x' })), keyedOf(claims({ role: 'x', sub: 'a', iss: 'i' }))],
  ['keys of a shared method', keyedOf(null, { type: 'NONE', apiKeyId: 'k1', shared: true }), keyedOf(null, { type: 'NONE', apiKeyId: 'k2', shared: true })],
  ['callers of a shared method', keyedOf(granted('a'), { shared: true }), keyedOf(granted('b'), { shared: true })],
  ['callers of an open method', keyedOf(null, { type: 'NONE' }), keyedOf(null, { type: 'NONE', requestId: 'r2' })],
]

describe('the partition holds together', () => {
  for (const [name, one, other] of TOGETHER) {
    it(name, () => {
      expect(partitionOf(one)).toBe(partitionOf(other))
    })
  }
})
