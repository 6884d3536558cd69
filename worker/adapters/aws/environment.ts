/** Credentials of AWS; `expiresAtMs` is null for those that stay. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | null
  readonly expiresAtMs: number | null
}

/** What the standard `AWS_*` variables say (AWS SDKs and Tools Reference Guide). */
export interface AwsEnvironment {
  readonly credentials: AwsCredentials | null
  /** The endpoint that stands in for a service; null for Amazon's own. */
  endpointOf(endpointId: string): string | null
}

/** Reads the AWS variables of a Worker; what is not a text, or empty, counts as not set. */
export function readAwsEnvironment(env: object): AwsEnvironment {
  const text = (name: string): string | null => {
    const value: unknown = Reflect.get(env, name)
    return typeof value === 'string' && value !== '' ? value : null
  }
  const accessKeyId = text('AWS_ACCESS_KEY_ID')
  const secretAccessKey = text('AWS_SECRET_ACCESS_KEY')
  const isComplete = accessKeyId !== null && secretAccessKey !== null
  const ignoresEndpoints = text('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.toLowerCase() === 'true'
  return {
    credentials: isComplete ? { accessKeyId, secretAccessKey, sessionToken: text('AWS_SESSION_TOKEN'), expiresAtMs: null } : null,
    endpointOf: (endpointId) => (ignoresEndpoints ? null : (text(`AWS_ENDPOINT_URL_${endpointId}`) ?? text('AWS_ENDPOINT_URL'))),
  }
}
