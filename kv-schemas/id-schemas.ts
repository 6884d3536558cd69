import * as z from 'zod'
import { ID_PATTERNS } from './ids.ts'

/** The id of an API, where a schema reads it; apart from ids.ts, so that the request path loads no zod. */
export const apiIdSchema = z.string().regex(ID_PATTERNS.api, 'an API id is 1 to 64 of a-z, 0-9 and -').brand<'ApiId'>()

/** The name of a stage. */
export const stageNameSchema = z.string().regex(ID_PATTERNS.stage, 'a stage name is 1 to 128 of letters, digits, _ and -').brand<'StageName'>()

/** The id of a deployment. */
export const deploymentIdSchema = z.string().regex(ID_PATTERNS.deployment, 'a deployment id is 20 hexadecimal digits').brand<'DeploymentId'>()
