/** What STS granted. */
export interface GrantedCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAtMs: number
}

/** The session name that Amazon's own gateway uses (aws-websocket-and-services C1). */
const SESSION_NAME = 'BackplaneAssumeRoleSession'
/** The shortest session that STS grants (aws-websocket-and-services F). */
const SESSION_SECONDS = 900

/** The body of an AssumeRole call, in the Query protocol (aws-websocket-and-services F). */
export function toAssumeRoleBody(roleArn: string): string {
  return new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: SESSION_NAME,
    DurationSeconds: String(SESSION_SECONDS),
  }).toString()
}

/** Reads the answer to an AssumeRole call; null when it is not one. */
export function parseAssumeRole(xml: string): GrantedCredentials | null {
  const accessKeyId = textOf(xml, 'AccessKeyId')
  const secretAccessKey = textOf(xml, 'SecretAccessKey')
  const sessionToken = textOf(xml, 'SessionToken')
  const expiresAtMs = Date.parse(textOf(xml, 'Expiration') ?? '')
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null || Number.isNaN(expiresAtMs)) return null
  return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs }
}

/** The code and message of an error in the Query protocol, for the log. */
export function describeQueryError(xml: string): string {
  return `${textOf(xml, 'Code') ?? 'unknown error'}: ${textOf(xml, 'Message') ?? 'no message'}`
}

/** The text of the first element of a name. STS writes flat elements without attributes, and only the five entities of XML. */
function textOf(xml: string, element: string): string | null {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`, 'u').exec(xml)?.[1]
  return found === undefined ? null : found.trim().replaceAll(/&(amp|lt|gt|quot|apos);/gu, (_entity, name: keyof typeof ENTITIES) => ENTITIES[name])
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" } as const
