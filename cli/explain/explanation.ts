import type { IntegrationDocument, MethodDocument } from '../../kv-schemas/documents/deployment.ts'
import type { MethodSetting } from '../../kv-schemas/rule-files/stage.ts'
import type { NearMiss } from '../../worker/semantics/routing/near-misses.ts'

/** What a request would meet, as far as it gets. Everything is null from the point on where it is refused. */
export interface Explanation {
  readonly httpMethod: string
  readonly url: string
  readonly host: string
  /** How the host leads to an API. */
  readonly reachedBy: 'custom domain' | 'default host' | 'path' | null
  readonly apiId: string | null
  readonly basePath: string | null
  readonly stage: string | null
  readonly deploymentId: string | null
  readonly canary: { readonly percentTraffic: number; readonly deploymentId: string } | null
  /** The path that is matched against the resources. */
  readonly path: string | null
  readonly resource: string | null
  /** The method that answers: `ANY` where the definition says so. */
  readonly resourceMethod: string | null
  readonly pathParameters: Readonly<Record<string, string>>
  readonly method: Omit<MethodDocument, 'integration' | 'methodResponses'> | null
  readonly settings: MethodSetting | null
  readonly integration: ExplainedIntegration | null
  /** Why the request is refused before it reaches a method; null when it is not. */
  readonly refusal: { readonly statusCode: number; readonly message: string; readonly reason: string } | null
  readonly nearMisses: readonly NearMiss[]
}

/** The backend that would be called. */
export interface ExplainedIntegration {
  readonly type: IntegrationDocument['type']
  readonly httpMethod: string | null
  /** With the path's values and the stage's variables put in; what only a request can tell stays as `{name}`. */
  readonly uri: string | null
  readonly timeoutInMillis: number
}
