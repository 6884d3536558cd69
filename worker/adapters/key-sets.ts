import type { JWK } from 'jose'
import type { KeySets, Upstream } from '../ports.ts'
import { parseDiscovery, toCognitoIssuer, toCognitoKeySetUrl, toDiscoveryUrl, type KeySource } from '../semantics/authorizers/jwt/issuer.ts'
import { renewKeySet, type KeySet } from '../semantics/authorizers/jwt/key-set.ts'
import { JWT_LIMITS } from '../semantics/authorizers/jwt/limits.ts'
import { importPublicKey } from '../semantics/authorizers/jwt/verify-token.ts'

/** What an isolate knows of issuers. */
export interface KeySetMemory {
  /** Key sets by issuer. */
  readonly sets: Map<string, KeySet>
  /** Keys as the runtime verifies with them, by algorithm: good as long as the set that they stand in. */
  readonly imported: WeakMap<JWK, Map<string, CryptoKey | null>>
}

/** What the adapter needs of the world. */
export interface KeySetOptions {
  readonly upstream: Upstream
  readonly nowMs: () => number
  /** What stands in for Cognito (`AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`); null for Amazon's own. */
  readonly cognitoEndpoint: string | null
}

/** An isolate takes tokens of so many issuers; definitions name them, so callers can't make it more. */
const ISSUERS_MAX = 500

/** Key sets that are fetched where issuers publish them. */
export function createKeySets(memory: KeySetMemory, options: KeySetOptions): KeySets {
  return {
    held: (source) => memory.sets.get(source.issuer) ?? null,
    userPoolIssuer: (pool) => toCognitoIssuer(pool, options.cognitoEndpoint),
    imported: (key, algorithm) => findImported(key, algorithm, memory),
    async renew(source) {
      const askedAtMs = options.nowMs()
      const document = await fetchKeySet(source, options.upstream)
      const renewed = renewKeySet(memory.sets.get(source.issuer) ?? null, document, askedAtMs)
      memory.sets.set(source.issuer, renewed)
      const [oldest] = memory.sets.keys()
      if (memory.sets.size > ISSUERS_MAX && oldest !== undefined) memory.sets.delete(oldest)
      return renewed
    },
  }
}

async function findImported(key: JWK, algorithm: string, { imported }: KeySetMemory): Promise<CryptoKey | null> {
  const held = imported.get(key)?.get(algorithm)
  if (held !== undefined) return held
  const made = await importPublicKey(key, algorithm)
  const known = imported.get(key) ?? new Map<string, CryptoKey | null>()
  imported.set(key, known.set(algorithm, made))
  return made
}

async function fetchKeySet(source: KeySource, upstream: Upstream): Promise<unknown> {
  if (!source.discovers) return fetchJson(toCognitoKeySetUrl(source.issuer), upstream)
  const url = parseDiscovery(await fetchJson(toDiscoveryUrl(source.issuer), upstream), source.issuer)
  return url === null ? null : fetchJson(url, upstream)
}

/** A document of an issuer; null when it does not come, in time, as JSON, and within the bounds. */
async function fetchJson(url: string, upstream: Upstream): Promise<unknown> {
  const outcome = await upstream.call({
    url,
    method: 'GET',
    headers: new Headers({ accept: 'application/json' }),
    body: null,
    timeoutMs: JWT_LIMITS.fetchTimeoutMs,
    take: { wholeUpToBytes: JWT_LIMITS.keySetBytesMax, beyond: 'fails' },
  })
  if (outcome.kind !== 'answered' || outcome.response.status !== 200 || !(outcome.body instanceof Uint8Array)) return null
  try {
    return JSON.parse(new TextDecoder().decode(outcome.body))
  } catch {
    // Not JSON: as good as no answer.
    return null
  }
}
