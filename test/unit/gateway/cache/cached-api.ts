import type { DeploymentDocument, IntegrationDocument, MethodDocument } from '../../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../../kv-schemas/documents/stage.ts'
import { methodSettingSchema, type MethodSetting } from '../../../../kv-schemas/rule-files/stage.ts'
import type { Ports } from '../../../../worker/ports.ts'
import { cacheWorldOf, type CacheWorld, type WorldParts } from '../../../cache-world.ts'
import { integrationOf, methodOf, type Resources } from '../../../documents.ts'
import { gatewayOf, type Backend, type TestGateway } from '../../../gateway.ts'
import { until } from '../../../until.ts'

/** A gateway whose methods are cached. */
export interface CachedApi extends TestGateway, CacheWorld {}

/** What a test is about. */
export interface CachedApiParts {
  readonly backend?: Backend
  readonly settings?: Partial<MethodSetting>
  readonly stage?: Partial<StageDocument>
  readonly method?: Partial<MethodDocument>
  readonly integration?: Partial<IntegrationDocument>
  readonly resources?: Resources
  readonly api?: Partial<DeploymentDocument>
  readonly ports?: Partial<Ports>
  readonly world?: WorldParts
  readonly isolateOf?: CacheWorld
}

/** An API with one resource, `/pets`, whose GET is cached for five minutes; the backend counts: `answer 1`, `answer 2`, ... */
export function cachedApiOf(parts: CachedApiParts = {}): CachedApi {
  const world = parts.isolateOf?.isolate(parts.world) ?? cacheWorldOf(parts.world)
  const settings = methodSettingSchema.parse({ cachingEnabled: true, ...parts.settings })
  const method = methodOf(integrationOf({ ...parts.integration }), parts.method)
  const gateway = gatewayOf(parts.resources ?? { '/pets': { GET: method } }, {
    backend: parts.backend ?? counting(),
    stage: { cacheClusterEnabled: true, methodSettings: { '*/*': settings }, ...parts.stage },
    api: parts.api ?? {},
    ports: { ...world.ports, ...parts.ports },
  })
  return { ...gateway, ...world }
}

/** A backend that numbers its answers. */
export function counting(headers: Record<string, string> = {}, status = 200): Backend {
  let count = 0
  return () => new Response(`answer ${(count += 1)}`, { status, headers })
}

/** Waits until so many requests that have no answer yet have come as far as they can: the backend has been asked for them, or they wait for another's answer. */
export async function arrived({ sent, memory }: CachedApi, count: number): Promise<void> {
  const waiting = (): number => [...memory.watched.values()].reduce((sum, { waiters }) => sum + waiters.size, 0)
  await until(() => sent.length + waiting(), (arrivals) => arrivals === count)
}

/** Body, and what the cache says of it. */
export async function read(response: Response): Promise<readonly [string, string | null]> {
  return [await response.text(), response.headers.get('cache-status')]
}
