import * as z from 'zod'

/** An API's id: the name of its folder below `rules/apis`. */
export const apiIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/u, 'an API id is 1 to 64 of a-z, 0-9 and -')
  .brand<'ApiId'>()
export type ApiId = z.infer<typeof apiIdSchema>

/** A text as an API id; null when it can't be one. For the request path, where no zod schema runs. */
export const toApiId = (text: string): ApiId | null => (/^[a-z0-9-]{1,64}$/u.test(text) ? (text as ApiId) : null)

/** A stage's name, the first segment of the path at the default host. Amazon: `[A-Za-z0-9_-]{1,128}` (aws-rest 1.1). */
export const stageNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/u, 'a stage name is 1 to 128 of letters, digits, _ and -')
  .brand<'StageName'>()
export type StageName = z.infer<typeof stageNameSchema>

/** A text as a stage name; null when it can't be one. For the request path, where no zod schema runs. */
export const toStageName = (text: string): StageName | null => (/^[A-Za-z0-9_-]{1,128}$/u.test(text) ? (text as StageName) : null)

/** The id of a deployment: the first 20 hexadecimal digits of the SHA-256 of its content. */
export const deploymentIdSchema = z
  .string()
  .regex(/^[0-9a-f]{20}$/u, 'a deployment id is 20 hexadecimal digits')
  .brand<'DeploymentId'>()
export type DeploymentId = z.infer<typeof deploymentIdSchema>
