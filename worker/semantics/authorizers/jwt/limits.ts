/** Bounds of tokens and key sets, each with its source. */
export const JWT_LIMITS = {
  /** aws-rest 17: all headers of a request take at most 10,240 bytes. */
  tokenLengthMax: 10_240,
  /** Ours: a protected header has an algorithm, a key id and a type. */
  headerLengthMax: 1_024,
  keyIdLengthMax: 256,
  /** aws-websocket-and-services B9: a key set has at most 150,000 bytes. */
  keySetBytesMax: 150_000,
  keysMax: 100,
  /** B9: discovery and key set are waited for 1,500 ms each. */
  fetchTimeoutMs: 1_500,
  /** Clocks of issuers may be ahead of ours by a minute: for `nbf` and `iat` only, a token that has expired has expired. */
  skewSeconds: 60,
  /** How long a key set is used before it is renewed behind a request; keys are published long before they sign. */
  keySetMaxAgeMs: 10 * 60 * 1000,
  /** How often at most a key id that nobody knows makes us ask the issuer. */
  unknownKeyCooldownMs: 30 * 1000,
  /** How long we leave an issuer alone that did not answer, while no key of it is known. */
  outageCooldownMs: 2 * 1000,
} as const
