/** A user pool as its ARN names it. */
export interface UserPool {
  readonly region: string
  readonly userPoolId: string
}

const USER_POOL_ARN = /^arn:aws[a-z-]*:cognito-idp:([a-z0-9-]+):[0-9]{12}:userpool\/([A-Za-z0-9_-]+)$/u

/** Reads a provider ARN of a COGNITO_USER_POOLS authorizer (aws-rest 11.4); null when it is none. */
export function parseUserPoolArn(arn: string): UserPool | null {
  const match = USER_POOL_ARN.exec(arn)
  return match === null ? null : { region: match[1] ?? '', userPoolId: match[2] ?? '' }
}

/** The issuer of a user pool's tokens; `endpoint` is what stands in for Cognito (`AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`), if anything does. */
export function toCognitoIssuer({ region, userPoolId }: UserPool, endpoint: string | null): string {
  const base = endpoint === null ? `https://cognito-idp.${region}.amazonaws.com` : endpoint.replace(/\/+$/u, '')
  return `${base}/${userPoolId}`
}

/** Where the keys of an issuer are: user pools at a known place, others where their discovery document says. */
export interface KeySource {
  readonly issuer: string
  readonly discovers: boolean
}

/** Reads the address of the key set from a discovery document (OpenID Connect Discovery 1.0); null when it is not this issuer's or not reached safely. */
export function parseDiscovery(document: unknown, issuer: string): string | null {
  if (typeof document !== 'object' || document === null || !('issuer' in document) || !('jwks_uri' in document)) return null
  const { issuer: named, jwks_uri: keySetUrl } = document
  if (named !== issuer || typeof keySetUrl !== 'string' || !URL.canParse(keySetUrl)) return null
  const { protocol, hostname } = new URL(keySetUrl)
  return protocol === 'https:' || isLoopback(hostname) ? keySetUrl : null
}

/** The address of an issuer's discovery document. */
export function toDiscoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/+$/u, '')}/.well-known/openid-configuration`
}

/** The address of a user pool's key set. */
export function toCognitoKeySetUrl(issuer: string): string {
  return `${issuer}/.well-known/jwks.json`
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\.[0-9.]+$/u.test(hostname)
}
