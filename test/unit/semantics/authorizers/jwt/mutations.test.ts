import { describe, expect, test } from 'vitest'
import type { ClaimsExpectation } from '../../../../../worker/semantics/authorizers/jwt/check-claims.ts'
import { COGNITO_ALGORITHMS, JWT_ALGORITHMS } from '../../../../../worker/semantics/authorizers/jwt/parse-token.ts'
import { seededChance, type Chance } from '../../../../chance.ts'
import { createSigner, encodePart, ID_CLAIMS, ISSUER, NOW_SECONDS, verdictOf, type Signer } from './tokens.ts'

/** How many forged tokens and how many respelled ones. */
const COUNT = Number(process.env['STAGEDOOR_MUTATIONS'] ?? 300)
const POOL: ClaimsExpectation = { kind: 'cognito', issuer: ISSUER, scopes: [], isAudience: (audience) => audience === 'client' }
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The issuer, somebody else, and a token of the issuer in its parts. */
interface World {
  readonly issuer: Signer
  readonly thief: Signer
  readonly header: string
  readonly payload: string
  readonly signature: string
}
type Forgery = (world: World, chance: Chance) => string | Promise<string>

const partsOf = ({ header, payload, signature }: World): string[] => [header, payload, signature]
const withHeader = (world: World, change: Readonly<Record<string, unknown>>): string => [encodePart({ alg: 'RS256', kid: 'key-1', ...change }), world.payload, world.signature].join('.')
const withClaims = (world: World, change: Readonly<Record<string, unknown>>): string => [world.header, encodePart({ ...ID_CLAIMS, ...change }), world.signature].join('.')
const signedText = ({ issuer }: World, member: string): Promise<string> => issuer.signText(`{${[...Object.entries(ID_CLAIMS).filter(([name]) => !member.startsWith(`"${name}"`)).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`), member].join(',')}}`)

async function signedByHmac({ payload }: World, secret: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signed = `${encodePart({ alg: 'HS256', kid: 'key-1' })}.${payload}`
  return `${signed}.${encodePart(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signed)))))}`
}

async function pemOf(signer: Signer): Promise<string> {
  const key = await crypto.subtle.importKey('jwk', signer.publicKey, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['verify'])
  const der = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('spki', key))))
  return `-----BEGIN PUBLIC KEY-----\n${der.replace(/.{64}/gu, '$&\n')}\n-----END PUBLIC KEY-----\n`
}

/** One change each. */
const FORGERIES: Readonly<Record<string, Forgery>> = {
  'a letter changed': (world, chance) => {
    const token = partsOf(world).join('.')
    const at = chance.below(token.length)
    const letter = chance.pick(LETTERS.split('').filter((one) => one !== token.charAt(at)))
    return token.slice(0, at) + letter + token.slice(at + 1)
  },
  'a letter dropped': (world, chance) => {
    const token = partsOf(world).join('.')
    const at = chance.below(token.length)
    return token.slice(0, at) + token.slice(at + 1)
  },
  'the last letter of a part changed': (world, chance) => {
    const parts = partsOf(world)
    const at = chance.below(3)
    const part = parts[at] ?? ''
    parts[at] = part.slice(0, -1) + chance.pick(LETTERS.split('').filter((one) => one !== part.at(-1)))
    return parts.join('.')
  },
  'subject': (world) => withClaims(world, { sub: 'root' }),
  'another claim': (world, chance) => withClaims(world, { [`custom:${chance.below(9)}`]: 'admin' }),
  'later expiry': (world, chance) => withClaims(world, { exp: NOW_SECONDS + 3601 + chance.below(1e6) }),
  'audience': (world) => withClaims(world, { aud: 'other' }),
  'groups': (world) => withClaims(world, { 'cognito:groups': ['admin'] }),
  'algorithm none': (world, chance) => [encodePart({ alg: chance.pick(['none', 'None', 'NONE', 'nOnE', '', ' none']), kid: 'key-1' }), world.payload, chance.pick(['', 'AA', world.signature])].join('.'),
  'no algorithm': (world) => [encodePart({ kid: 'key-1' }), world.payload, world.signature].join('.'),
  'a list of algorithms': (world) => withHeader(world, { alg: ['RS256', 'none'] }),
  'another algorithm': (world, chance) => withHeader(world, { alg: chance.pick([...JWT_ALGORITHMS.filter((one) => one !== 'RS256'), 'HS256', 'HS512', 'RS1', 'dir', 'ES256K']) }),
  'the public key as a secret: JWK': (world) => signedByHmac(world, JSON.stringify(world.issuer.publicKey)),
  'the public key as a secret: PEM': async (world) => signedByHmac(world, await pemOf(world.issuer)),
  'the public key as a secret: modulus': (world) => signedByHmac(world, String(world.issuer.publicKey.n)),
  'a guessed secret': (world, chance) => signedByHmac(world, chance.pick(['secret', 'key-1', ' ', 'null'])),
  'a key of its own': ({ thief }) => thief.sign(ID_CLAIMS, { jwk: thief.publicKey }),
  'an address of keys of its own': ({ thief }, chance) => thief.sign(ID_CLAIMS, { [chance.pick(['jku', 'x5u'])]: 'https://thief.example/keys' }),
  'a certificate of its own': ({ thief }) => thief.sign(ID_CLAIMS, { x5c: ['MIIB'] }),
  'another key under the same id': ({ thief }) => thief.sign(ID_CLAIMS),
  'another key without an id': ({ thief }) => thief.sign(ID_CLAIMS, { kid: undefined }),
  'another key under an id that is a path or a query': ({ thief }, chance) => thief.sign(ID_CLAIMS, { kid: chance.pick(['../../dev/null', "' or 1=1 --", '/dev/null', 'key-1\0', 'KEY-1', '__proto__', 'constructor', 'toString', 'x'.repeat(300), 'x'.repeat(9_000)]) }),
  'extensions that must be understood': (world) => withHeader(world, { crit: ['exp'], exp: 1 }),
  'an id that is no text': (world, chance) => withHeader(world, { kid: chance.pick([1, true, null, ['key-1'], { $ne: '' }]) }),
  'the algorithm twice': (world) => [encodePart('{"alg":"none","alg":"RS256","kid":"key-1"}'), world.payload, world.signature].join('.'),
  'no signature': ({ header, payload }) => `${header}.${payload}.`,
  'two parts': ({ header, payload }) => `${header}.${payload}`,
  'four parts': (world) => `${partsOf(world).join('.')}.${world.signature}`,
  'five parts': (world) => [world.header, '', '', world.payload, world.signature].join('.'),
  'two tokens': (world) => `${partsOf(world).join('.')}, ${partsOf(world).join('.')}`,
  'parts in another order': ({ header, payload, signature }) => [payload, header, signature].join('.'),
  'a signature of nothing': ({ header, payload, signature }) => [header, payload, 'A'.repeat(signature.length)].join('.'),
  'a signature twice as long': ({ header, payload, signature }) => [header, payload, signature.slice(0, -2).repeat(2)].join('.'),
  'the signature of another token': async ({ issuer, header, payload }, chance) => [header, payload, (await issuer.sign({ ...ID_CLAIMS, sub: `s${chance.below(99)}` })).split('.')[2]].join('.'),
  'the claims of another token': async ({ issuer, header, signature }, chance) => [header, (await issuer.sign({ ...ID_CLAIMS, sub: `s${chance.below(99)}` })).split('.')[1], signature].join('.'),
  'padding': (world, chance) => partsOf(world).map((part, index) => (index === chance.below(3) || index === 2 ? `${part}=` : part)).join('.'),
  'letters of plain base64': ({ header, payload, signature }) => [header, payload, `${signature.slice(0, -4)}+/+/`].join('.'),
  'blanks inside': (world, chance) => partsOf(world).join(chance.pick(['. ', ' .', '.\t', '.\n', '%2e', '．'])),
  'JSON instead of three parts': ({ header, payload, signature }) => JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
  'another scheme': (world, chance) => `${chance.pick(['Basic', 'DPoP', 'Token', 'AWS4-HMAC-SHA256', 'Bearer Bearer', 'Bearer,'])} ${partsOf(world).join('.')}`,
  // Signed by the issuer, and still not good here.
  'expired': (world, chance) => signedText(world, `"exp":${NOW_SECONDS - chance.below(1e6)}`),
  'an expiry that is no time': (world, chance) => signedText(world, `"exp":${chance.pick([`"${NOW_SECONDS + 60}"`, 'null', 'true', '[9999999999]', '{}', '1e400', '-1', '-1e400', '""', '"never"'])}`),
  'no expiry': ({ issuer }) => issuer.signText(JSON.stringify({ ...ID_CLAIMS, exp: undefined })),
  'not yet good': (world, chance) => signedText(world, `"nbf":${chance.pick([String(NOW_SECONDS + 61 + chance.below(1e6)), '"1"', 'null', '[]', 'true', '1e400', '-1'])}`),
  'issued later': (world, chance) => signedText(world, `"iat":${chance.pick([String(NOW_SECONDS + 61 + chance.below(1e6)), '"1"', 'null', '{}', '1e400', '-5'])}`),
  'an issuer spelled otherwise': (world, chance) => signedText(world, `"iss":${JSON.stringify(chance.pick([`${ISSUER}/`, ISSUER.toUpperCase(), ISSUER.replace('https', 'http'), `${ISSUER} `, ` ${ISSUER}`, `${ISSUER}\0`, ISSUER.slice(0, -1), `${ISSUER}2`, ISSUER.replace('us-east-1.', 'us-east-2.'), ISSUER.replace('/us', '//us'), ISSUER.replace('.com', '.com:443'), ISSUER.replace('_', '%5F'), [ISSUER], { [ISSUER]: 1 }, '', null]))}`),
  'another audience': (world, chance) => signedText(world, `"aud":${JSON.stringify(chance.pick(['other', '', 'client ', 'Client', [], ['other'], { client: 1 }, null, 1]))}`),
  'another use': (world, chance) => signedText(world, `"token_use":${JSON.stringify(chance.pick(['access', 'refresh', 'ID', ' id', ['id'], null, true, '']))}`),
}

/** Other ways to send the same token. */
const RESPELLINGS: Readonly<Record<string, Forgery>> = {
  'as it is': (world) => partsOf(world).join('.'),
  'Bearer': (world, chance) => `${chance.pick(['Bearer', 'bearer', 'BEARER', 'bEaReR'])}${' '.repeat(1 + chance.below(4))}${partsOf(world).join('.')}`,
  'blanks at the end': (world, chance) => `${partsOf(world).join('.')}${' '.repeat(chance.below(4))}`,
  'more in the header': ({ issuer }, chance) => issuer.sign(ID_CLAIMS, { [chance.pick(['typ', 'cty', 'x'])]: 'JWT' }),
  'more claims': ({ issuer }, chance) => issuer.sign({ ...ID_CLAIMS, [`custom:${chance.below(99)}`]: 'né ü €', nbf: NOW_SECONDS - chance.below(1000) }),
  'claims in another order, with blanks': ({ issuer }, chance) => issuer.signText(`{ ${chance.shuffle(Object.entries(ID_CLAIMS)).map(([name, value]) => `\t"${name}" :\n ${JSON.stringify(value)}`).join(',')} }`),
  'several audiences': ({ issuer }) => issuer.sign({ ...ID_CLAIMS, aud: ['other', 'client'] }),
  'an expiry far away': ({ issuer }, chance) => issuer.sign({ ...ID_CLAIMS, exp: NOW_SECONDS + 1 + chance.below(1e9) }),
}

async function makeWorld(): Promise<World> {
  const [issuer, thief] = [await createSigner('RS256', 'key-1'), await createSigner('RS256', 'key-1')]
  const [header = '', payload = '', signature = ''] = (await issuer.sign(ID_CLAIMS)).split('.')
  return { issuer, thief, header, payload, signature }
}

const cases = [
  ['forged', FORGERIES, 'not in', 0],
  ['respelled', RESPELLINGS, 'in', 1_000_000],
] as const

describe('tokens', () => {
  test.each(cases)(`${COUNT} %s`, async (_name, changes, expected, firstSeed) => {
    const world = await makeWorld()
    const names = Object.keys(changes)
    for (let index = 0; index < Math.max(COUNT, names.length); index += 1) {
      const seed = firstSeed + index
      const name = names[index % names.length] ?? ''
      const token = await changes[name]?.(world, seededChance(seed))
      const verdict = await verdictOf(token ?? '', [world.issuer.publicKey], POOL, COGNITO_ALGORITHMS)
      expect(verdict === 'in' ? 'in' : 'not in', `seed ${seed}, ${name}: ${verdict}\n${token}`).toBe(expected)
    }
  })
})
