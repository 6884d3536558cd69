import type * as z from 'zod'

/** What each id is made of. */
export const ID_PATTERNS = {
  /** An API's id: the name of its folder below `rules/apis`. */
  api: /^[a-z0-9-]{1,64}$/u,
  /** A stage's name, the first segment of the path at the default host. Amazon: `[A-Za-z0-9_-]{1,128}` (aws-rest 1.1). */
  stage: /^[A-Za-z0-9_-]{1,128}$/u,
  /** The id of a deployment: the first 20 hexadecimal digits of the SHA-256 of its content. */
  deployment: /^[0-9a-f]{20}$/u,
} as const

/** A text that fits its pattern: an API's id. */
export type ApiId = string & z.BRAND<'ApiId'>
/** A stage's name. */
export type StageName = string & z.BRAND<'StageName'>
/** A deployment's id. */
export type DeploymentId = string & z.BRAND<'DeploymentId'>

/** A text as an API id; null when it can't be one. For the request path, where no zod schema runs. */
export const toApiId = (text: string): ApiId | null => (ID_PATTERNS.api.test(text) ? (text as ApiId) : null)

/** A text as a stage name; null when it can't be one. */
export const toStageName = (text: string): StageName | null => (ID_PATTERNS.stage.test(text) ? (text as StageName) : null)

/** A text as the id of a deployment; null when it can't be one. */
export const toDeploymentId = (text: string): DeploymentId | null => (ID_PATTERNS.deployment.test(text) ? (text as DeploymentId) : null)
