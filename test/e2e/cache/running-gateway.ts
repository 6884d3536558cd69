import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startRuntime, type Runtime } from '../../../cli/dev/runtime.ts'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import { deploymentKey, stageKey } from '../../../kv-schemas/keys.ts'
import { methodSettingSchema, type MethodSetting } from '../../../kv-schemas/rule-files/stage.ts'
import { writeDeploymentText } from '../../../worker/semantics/compile/deployment-text.ts'
import { deploymentOf, integrationOf, methodOf, stageOf } from '../../documents.ts'

/** The gateway in workerd as `stagedoor dev` runs it, before a backend on Node. */
export interface RunningGateway {
  readonly runtime: Runtime
  /** Where the gateway listens: `http://127.0.0.1:N`. */
  readonly origin: string
  /** What the gateway wrote to its log. */
  readonly log: readonly string[]
  /** Publishes an API whose `GET /pets` is cached. */
  publish(apiId: string, parts?: CachedRules): Promise<void>
  stop(): Promise<void>
}

/** What an API of a test is like. */
export interface CachedRules {
  readonly settings?: Partial<MethodSetting>
  readonly stage?: Partial<StageDocument>
  readonly integration?: Partial<IntegrationDocument>
}

/** A backend's answer to a request; the path names the API. */
export type NodeBackend = (request: IncomingMessage, response: ServerResponse) => void

/** Starts both; the backend listens on a port of the system's choice. */
export async function startGateway(backend: NodeBackend): Promise<RunningGateway> {
  const server = createServer(backend)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const backendOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const log: string[] = []
  const runtime = await startRuntime({
    companionConfigs: [],
    host: '127.0.0.1',
    port: 0,
    vars: {},
    persistTo: null,
    onLog: ({ message }) => void log.push(message),
  })
  return {
    runtime,
    origin: runtime.url.origin,
    log,
    publish: (apiId, parts) => publish(runtime, backendOrigin, apiId, parts),
    async stop() {
      await runtime.dispose()
      await close(server)
    },
  }
}

async function publish(runtime: Runtime, backendOrigin: string, apiId: string, { settings, stage, integration }: CachedRules = {}): Promise<void> {
  const method = methodOf(integrationOf({ uri: `${backendOrigin}/${apiId}`, ...integration }))
  const deployment = deploymentOf({ '/pets': { GET: method } }, { apiId: apiId as StageDocument['apiId'] })
  const document = stageOf({
    apiId: deployment.apiId,
    cacheClusterEnabled: true,
    methodSettings: { '*/*': methodSettingSchema.parse({ cachingEnabled: true, ...settings }) },
    ...stage,
  })
  await runtime.rules.put(deploymentKey(deployment.apiId, deployment.deploymentId), writeDeploymentText(deployment))
  await runtime.rules.put(stageKey(document.apiId, document.stageName), JSON.stringify(document))
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => void server.close(() => resolve()))
}
