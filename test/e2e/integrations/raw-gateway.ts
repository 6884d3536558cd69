import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startGateway } from '../../../bench/scenarios/proxy.ts'
import type { RawProcess } from '../../../bench/workerd.ts'
import { accountSchema, type AccountDocument } from '../../../kv-schemas/documents/account.ts'
import { accountKey, deploymentKey, stageKey } from '../../../kv-schemas/keys.ts'
import { writeDeploymentText } from '../../../worker/semantics/compile/deployment-text.ts'
import { deploymentOf, stageOf, type Resources } from '../../documents.ts'

/** The gateway on raw workerd, in a process of its own, with an API `test` and its stage `dev`. */
export interface RawGateway {
  readonly process: RawProcess
  ask(path: string, init?: RequestInit): Promise<Response>
  stop(): Promise<void>
}

/** Starts it with these resources. */
export async function startRawGateway(resources: Resources, account: Partial<AccountDocument> = {}): Promise<RawGateway> {
  const deployment = deploymentOf(resources)
  const stage = stageOf()
  const process = await startGateway({
    [deploymentKey(deployment.apiId, deployment.deploymentId)]: writeDeploymentText(deployment),
    [stageKey(stage.apiId, stage.stageName)]: JSON.stringify(stage),
    [accountKey()]: JSON.stringify(accountSchema.parse({ schema: 1, ...account })),
  })
  return { process, ask: (path, init) => fetch(`http://127.0.0.1:${process.port}/test/dev${path}`, init), stop: () => process.stop() }
}

/** A backend of a test, on Node. */
export interface NodeBackend {
  readonly origin: string
  stop(): void
}

/** Starts a backend on a port that the system chooses. */
export async function startBackend(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<NodeBackend> {
  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
