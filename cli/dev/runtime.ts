import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as miniflarePackage from 'miniflare'
import { GATEWAY_ENTRY } from './bundle-worker.ts'
import { prepareWorker, type WorkerOptions } from './prepare-worker.ts'
import type { WritableKv } from './publisher.ts'
import { createRulesDoor } from './rules-door.ts'

/** Loaded as the CommonJS that it is: for an import, Node would first search all of its source for the marks of a module. */
const { convertV4MiniflareOptions, Miniflare } = createRequire(import.meta.url)('miniflare') as typeof miniflarePackage

const GATEWAY = { config: join(import.meta.dirname, '..', '..', 'wrangler.toml'), entry: GATEWAY_ENTRY }

/** What `stagedoor dev` runs. */
export interface RuntimeOptions {
  /** wrangler.toml files of Workers that run beside it; each listens on the port of its `[dev]` section, or on one that the system chooses. */
  readonly companionConfigs: readonly string[]
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Variables of the gateway, over those of its wrangler.toml. */
  readonly vars: Readonly<Record<string, string>>
  /** Folder that keeps KV and Durable Objects between runs; null forgets them. */
  readonly persistTo: string | null
  /** One line that a Worker wrote to its console. */
  readonly onLog: (line: { readonly level: string; readonly message: string }) => void
}

/** A Worker that runs beside the gateway. */
export interface Companion {
  readonly name: string
  readonly url: URL
}

/** The running gateway. */
export interface Runtime {
  readonly url: URL
  /** The Workers beside it. */
  readonly companions: readonly Companion[]
  /** The KV that its rules are in. */
  readonly rules: WritableKv
  dispose(): Promise<void>
}

/**
 * Starts the real Worker in workerd, with the KV and Durable Objects that miniflare simulates. Clients talk to workerd itself: a direct socket, without
 * miniflare's own proxy, which would encode answers anew.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const gateway = await prepareWorker(GATEWAY)
  const companions = await Promise.all(options.companionConfigs.map((config) => prepareWorker({ config })))
  const door = createRulesDoor(gateway.worker)
  const workers = [
    { ...withCompanions(gateway.worker, companions.map(({ worker }) => worker)), bindings: { ...gateway.worker.bindings, ...options.vars }, unsafeDirectSockets: [{ host: options.host, port: options.port }] },
    ...companions.map(({ worker, port }) => ({ ...worker, unsafeDirectSockets: [{ host: options.host, port: port ?? 0 }] })),
    door.worker,
  ]
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers,
      host: '127.0.0.1',
      port: 0,
      handleStructuredLogs: options.onLog,
      ...(options.persistTo === null ? {} : { resourcePersistencePath: options.persistTo }),
    }),
  )
  await listening(miniflare, options)
  const urlOf = ({ name }: WorkerOptions): Promise<URL> => miniflare.unsafeGetDirectURL(name)
  return {
    url: await urlOf(gateway.worker),
    companions: await Promise.all(companions.map(async ({ worker }) => ({ name: worker.name, url: await urlOf(worker) }))),
    rules: door.open(await urlOf(door.worker)),
    dispose: () => miniflare.dispose(),
  }
}

/** Waits until requests are taken; a runtime that can't listen is ended, so that it does not keep the process. */
async function listening(miniflare: miniflarePackage.Miniflare, { host, port }: RuntimeOptions): Promise<void> {
  try {
    await miniflare.ready
  } catch (error) {
    // Ending it says again why it did not start.
    await miniflare.dispose().catch(() => {})
    const why = error instanceof Error ? error.message : String(error)
    if (!/address already in use/iu.test(why)) throw error
    throw new Error(`something listens on ${host}:${port} already, or on the port of a --worker; --port names another`, { cause: error })
  }
}

/**
 * Lets the gateway reach the Workers beside it: each by a service binding of its name in capitals, and their Workflows by the bindings that they have themselves.
 * In production wrangler.toml declares them; here the command line says which Workers there are.
 */
function withCompanions(gateway: WorkerOptions, companions: readonly WorkerOptions[]): WorkerOptions {
  const services = companions.map(({ name }) => [name.toUpperCase().replaceAll(/[^A-Z0-9]+/gu, '_'), name] as const)
  const workflows = companions.flatMap(({ name, workflows = {} }) => Object.entries(workflows).map(([binding, workflow]) => [binding, { ...workflow, scriptName: workflow.scriptName ?? name }] as const))
  return {
    ...gateway,
    serviceBindings: { ...Object.fromEntries(services), ...gateway.serviceBindings },
    workflows: { ...Object.fromEntries(workflows), ...gateway.workflows },
  }
}
