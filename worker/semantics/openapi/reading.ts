import type { Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/** How the path of `basePath` or `servers` counts (aws-rest 16.1). */
export type BasePathMode = 'ignore' | 'prepend' | 'split'

/** What every reader of a part of a definition needs. */
export interface Reading {
  readonly root: Place
  readonly report: Report
  readonly dialect: 'swagger-2.0' | 'openapi-3.0' | 'openapi-3.1'
}
