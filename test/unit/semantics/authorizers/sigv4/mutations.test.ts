import { describe, expect, test } from 'vitest'
import { seededChance } from '../../../../chance.ts'
import type { Chance } from '../../../../chance.ts'
import { CLIENTS, SESSION_TOKEN, verifyWire } from './clients.ts'
import type { Draft, WireRequest } from './clients.ts'

/** How many forged requests and how many respelled ones. */
const COUNT = Number(process.env['STAGEDOOR_MUTATIONS'] ?? 300)
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~ /+=&%@:,;!*()é'.split('')
const clientNames = Object.keys(CLIENTS).filter((name) => name in CLIENTS) as readonly (keyof typeof CLIENTS)[]

function word(chance: Chance, length = 1 + chance.below(8)): string {
  return Array.from({ length }, () => chance.pick(LETTERS)).join('')
}

function draftOf(chance: Chance): Draft {
  const segments = Array.from({ length: 1 + chance.below(3) }, () => encodeURIComponent(word(chance)).replace(/^\.+$/, 'dots'))
  const query = Array.from({ length: chance.below(4) }, () => [`k${word(chance, 3)}`, word(chance)] as const)
  const method = chance.pick(['GET', 'POST', 'PUT', 'DELETE'])
  return {
    method, path: `/prod/pets/${segments.join('/')}`, query,
    headers: { 'x-custom': `v ${chance.below(1000)}`, 'x-other': chance.pick(['a, b', '"q"', 'plain']) },
    body: method === 'GET' ? '' : `{"n":${chance.below(1e6)}}`,
  }
}

type Mutation = (request: WireRequest, chance: Chance) => WireRequest

const withHeader = (request: WireRequest, name: string, change: (value: string) => string | undefined): WireRequest => ({
  ...request,
  headers: request.headers.flatMap(([key, value]) => {
    const changed = key.toLowerCase() === name ? change(value) : value
    return changed === undefined ? [] : [[key, changed] as const]
  }),
})
const withAuth = (request: WireRequest, from: RegExp, to: (found: string) => string): WireRequest => {
  const changed = withHeader(request, 'authorization', (value) => value.replace(from, to))
  return { ...changed, query: request.query.replace(from, to) }
}
const isPresigned = (request: WireRequest): boolean => request.query.includes('X-Amz-Signature=')
const withDate = (request: WireRequest, date: string): WireRequest => ({ ...withHeader(request, 'x-amz-date', () => date), query: request.query.replace(/X-Amz-Date=[^&]*/, `X-Amz-Date=${encodeURIComponent(date)}`) })
const flip = (digit: string): string => (Number.parseInt(digit, 16) ^ 1).toString(16)

/** One change each; every one gives a request that means something else than what was signed. */
const FORGERIES: Readonly<Record<string, Mutation>> = {
  'signed header value': (request) => withHeader(request, 'x-custom', (value) => `${value}!`),
  'signed header dropped': (request) => withHeader(request, 'x-custom', () => undefined),
  'signed header twice': (request) => ({ ...request, headers: [...request.headers, ['x-custom', 'more']] }),
  'host': (request) => withHeader(request, 'host', (value) => `x${value}`),
  'host dropped': (request) => withHeader(request, 'host', () => undefined),
  'method': (request) => ({ ...request, method: request.method === 'PATCH' ? 'GET' : 'PATCH' }),
  'method override added': (request) => ({ ...request, headers: [...request.headers, ['X-HTTP-Method-Override', 'DELETE']] }),
  'path longer': (request) => ({ ...request, path: `${request.path}/more` }),
  'path with a trailing slash': (request) => ({ ...request, path: `${request.path}/` }),
  'path letter encoded': (request) => ({ ...request, path: request.path.replace('p', '%70') }),
  'path case': (request) => ({ ...request, path: request.path.replace('pets', 'Pets') }),
  'path stage encoded': (request) => ({ ...request, path: request.path.replace('prod', 'pro%64') }),
  'path parameter': (request) => ({ ...request, path: `${request.path};x=1` }),
  'query added': (request) => ({ ...request, query: request.query === '' ? 'z=1' : `${request.query}&z=1` }),
  'query emptied or filled': (request) => ({ ...request, query: request.query === '' ? 'a' : request.query.split('&').slice(1).join('&') || 'b' }),
  'body byte': (request, chance) => {
    const at = chance.below(request.body.length + 1)
    return { ...request, body: `${request.body.slice(0, at)}#${request.body.slice(at + 1)}` }
  },
  'date': (request, chance) => {
    const later = (date: string) => date.replace(/0000Z/, `000${1 + chance.below(9)}Z`)
    return { ...withHeader(request, 'x-amz-date', later), query: request.query.replace(/X-Amz-Date=[^&]*/, later) }
  },
  'date, within the window': (request, chance) => withDate(request, `20250101T000${1 + chance.below(4)}${chance.below(6)}0Z`),
  'date, of another day or year': (request, chance) => withDate(request, chance.pick(['20241231T235959Z', '20250102T000000Z', '20260101T000000Z', '20240101T000000Z', '19700101T000000Z', '99991231T235959Z'])),
  'date, in another form': (request, chance) => withDate(request, chance.pick(['2025-01-01T00:00:00Z', '20250101T000000', '20250101T000000+0000', '20250101T000000.000Z', '20250101t000000z', '20241332T000000Z', '20250101T240000Z', '20250101T000060Z', '1735689600', 'now', ''])),
  'date dropped': (request) => ({ ...withHeader(request, 'x-amz-date', () => undefined), query: request.query.replace(/X-Amz-Date=[^&]*&?/, '') }),
  'date twice': (request) => (isPresigned(request) ? { ...request, query: `${request.query}&X-Amz-Date=20250101T000000Z` } : { ...request, headers: [...request.headers, ['X-Amz-Date', '20250101T000000Z']] }),
  'date and credential date': (request) => withAuth(withDate(request, '20250102T000000Z'), /20250101(\/|%2F)/, (found) => found.replace('20250101', '20250102')),
  'lifetime': (request, chance) => (isPresigned(request) ? { ...request, query: request.query.replace(/X-Amz-Expires=\d+/, `X-Amz-Expires=${chance.pick([1, 301, 604_800, 604_801, 0, -1, 1e9])}`) } : { ...request, query: 'X-Amz-Expires=604800' }),
  'region, another or otherwise written': (request, chance) => withAuth(request, /us-east-1/, () => chance.pick(['US-EAST-1', 'us-east-1 ', 'eu-west-1', 'us-east-11', '', '*', 'us-east-1%00'])),
  'both forms at once': (request) => (isPresigned(request) ? { ...request, headers: [...request.headers, ['Authorization', 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=00']] } : { ...request, query: `${request.query}&X-Amz-Algorithm=AWS4-HMAC-SHA256` }),
  'a part of the signature twice': (request) => (isPresigned(request) ? { ...request, query: `${request.query}&${/X-Amz-Credential=[^&]*/.exec(request.query)?.[0] ?? ''}` } : withHeader(request, 'authorization', (value) => `${value}, ${/Signature=\w+/.exec(value)?.[0] ?? ''}`)),
  'value of a query parameter': (request) => ({ ...request, query: request.query.replace(/(^|&)(k[^=&]*)=/, '$1$2=x') || 'x=1' }),
  'name of a query parameter': (request) => ({ ...request, query: request.query.replace(/(^|&)k/, '$1K') || 'x=1' }),
  'body longer': (request) => ({ ...request, body: `${request.body} ` }),
  'body shorter, or there': (request) => ({ ...request, body: request.body === '' ? '{}' : request.body.slice(0, -1) }),
  'credential date': (request) => withAuth(request, /(\/|%2F)20250101(\/|%2F)/, (found) => found.replace('20250101', '20250102')),
  'region': (request) => withAuth(request, /us-east-1/, () => 'us-east-2'),
  'service': (request) => withAuth(request, /execute-api(\/|%2F)/, (found) => found.replace('execute-api', 'lambda')),
  'terminator': (request) => withAuth(request, /aws4_request/, () => 'aws5_request'),
  'algorithm': (request) => withAuth(request, /AWS4-HMAC-SHA256/, () => 'AWS4-HMAC-SHA1'),
  'access key': (request) => withAuth(request, /AKIDEXAMPLE/, () => 'AKIDEXAMPLF'),
  'signed headers': (request) => withAuth(request, /SignedHeaders=host(%3B|;)/, () => 'SignedHeaders='),
  'signature bit': (request, chance) => withAuth(request, /Signature=[0-9a-f]{64}/, (found) => {
    const at = 10 + chance.below(64)
    return found.slice(0, at) + flip(found.charAt(at)) + found.slice(at + 1)
  }),
  'signature upper-case': (request) => withAuth(request, /Signature=[0-9a-f]{64}/, (found) => `Signature=${found.slice(10).replace(/[a-f]/, (digit) => digit.toUpperCase())}`),
  'signature short': (request) => withAuth(request, /Signature=[0-9a-f]{64}/, (found) => found.slice(0, -1)),
  'payload hash added': (request) =>
    request.query.includes('X-Amz-Algorithm')
      ? { ...request, query: `${request.query}&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD` }
      : { ...request, headers: [...request.headers, ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD']] },
  'token added or changed': (request) => {
    const changed = withHeader(request, 'x-amz-security-token', (value) => `${value}x`)
    if (changed.headers.some(([key], index) => key.toLowerCase() === 'x-amz-security-token' && changed.headers[index]?.[1] !== request.headers[index]?.[1])) return changed
    if (request.query.includes('X-Amz-Security-Token=')) return { ...request, query: request.query.replace('X-Amz-Security-Token=', 'X-Amz-Security-Token=x') }
    return { ...request, headers: [...request.headers, ['X-Amz-Security-Token', 'x']], query: request.query.includes('X-Amz-Algorithm') ? `${request.query}&X-Amz-Security-Token=x` : request.query }
  },
}

/** Other ways to write the same request: a client may use any of them. */
const RESPELLINGS: Readonly<Record<string, Mutation>> = {
  'header names in other case': (request) => ({ ...request, headers: request.headers.map(([name, value]) => [name.toUpperCase(), value]) }),
  'extra unsigned headers': (request, chance) => ({ ...request, headers: [...request.headers, ['x-unsigned', word(chance)], ['user-agent', 'any']] }),
  'headers in other order': (request, chance) => ({ ...request, headers: chance.shuffle(request.headers) }),
  'spaces around a value': (request) => withHeader(request, 'x-custom', (value) => `  ${value.replace(' ', '   ')} `),
  'no space between the parts': (request) => withHeader(request, 'authorization', (value) => value.replaceAll(', ', ',')),
  'more space between the parts': (request) => withHeader(request, 'authorization', (value) => value.replaceAll(', ', ' ,   ')),
  'query in other order': (request, chance) => ({ ...request, query: chance.shuffle(request.query.split('&')).join('&') }),
  'query escapes in lower case': (request) => ({ ...request, query: request.query.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase()) }),
  'query spaces as plus': (request) => ({ ...request, query: request.query.replaceAll('%20', '+') }),
}

async function signedDraft(chance: Chance): Promise<{ readonly request: WireRequest; readonly token: string | undefined; readonly client: string }> {
  const token = chance.below(3) === 0 ? SESSION_TOKEN : undefined
  const client = chance.pick(clientNames)
  return { request: await CLIENTS[client](draftOf(chance), token), token, client }
}

describe('forged requests', () => {
  test(`none of ${COUNT} single mutations gets in`, async () => {
    const names = Object.keys(FORGERIES)
    for (let seed = 0; seed < COUNT; seed += 1) {
      const chance = seededChance(seed)
      const { request, token, client } = await signedDraft(chance)
      const name = names[seed % names.length] ?? ''
      const forged = FORGERIES[name]?.(request, chance) ?? request
      if (JSON.stringify(forged) === JSON.stringify(request)) continue
      expect(await verifyWire(forged, token), `seed ${seed}, ${client}, ${name}\n${JSON.stringify(forged)}`).not.toBe('verified')
    }
  })
})

describe('respelled requests', () => {
  test(`all of ${COUNT} legal spellings get in`, async () => {
    const names = Object.keys(RESPELLINGS)
    for (let seed = 0; seed < COUNT; seed += 1) {
      const chance = seededChance(seed + 1_000_000)
      const { request, token, client } = await signedDraft(chance)
      const name = names[seed % names.length] ?? ''
      const respelled = RESPELLINGS[name]?.(request, chance) ?? request
      expect(await verifyWire(respelled, token), `seed ${seed}, ${client}, ${name}\n${JSON.stringify(respelled)}`).toBe('verified')
    }
  })
})
