import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorker, type WorkerCode } from '../cli/dev/bundle-worker.ts'
import { freePorts } from './free-ports.ts'

/** The path of the binary; the command of the same name is a wrapper whose CPU time says nothing. */
const WORKERD = (createRequire(import.meta.url)('workerd') as { readonly default: string }).default

/** A Worker to run on raw workerd, in a process of its own, so that its CPU time can be read. */
export interface RawWorker {
  readonly name: string
  readonly code: WorkerCode
  readonly vars?: Readonly<Record<string, string>>
  /** KV namespaces by binding, each with the port of the process that holds it (`startKv`). */
  readonly kv?: Readonly<Record<string, number>>
  /** Durable Object classes by binding. */
  readonly objects?: Readonly<Record<string, string>>
  /** Where the objects keep what they keep: in the folder of the run unless said. */
  readonly storage?: 'disk' | 'memory'
  /** How many isolates run the Worker, each with a port of its own; they share the objects of the first. One when absent. */
  readonly isolates?: number
}

/** A running process. */
export interface RawProcess {
  readonly port: number
  /** The port of each isolate, the first one's first. */
  readonly ports: readonly number[]
  /** CPU time so far, user and system, in microseconds. */
  cpuMicros(): Promise<number>
  /** Resident memory, in bytes. */
  residentBytes(): Promise<number>
  stop(): Promise<void>
}

/** Starts workerd with one Worker; resolves when its ports take connections. */
export async function startRawWorker(worker: RawWorker): Promise<RawProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'))
  const ports = await freePorts(worker.isolates ?? 1)
  const [port = 0] = ports
  await mkdir(join(folder, 'objects'))
  for (const { name, contents } of worker.code) await writeFile(join(folder, name), contents)
  await writeFile(join(folder, 'config.capnp'), configOf(worker, { ports, objectsPath: join(folder, 'objects') }))
  const child = spawn(WORKERD, ['serve', '--experimental', join(folder, 'config.capnp')], { stdio: ['ignore', 'ignore', 'pipe'] })
  const errors: string[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  const stop = async (): Promise<void> => {
    await endProcess(child)
    await rm(folder, { recursive: true, force: true })
  }
  if (!(await startsListening(ports, child))) {
    await stop()
    throw new Error(`workerd did not start: ${errors.join('')}`)
  }
  return {
    port,
    ports,
    cpuMicros: () => cpuMicros(child.pid ?? 0),
    residentBytes: () => residentBytes(child.pid ?? 0),
    stop,
  }
}

/** Starts a KV namespace in a process of its own, as KV is nowhere part of an isolate: with these keys and values, and what is written since. */
export async function startKv(documents: Readonly<Record<string, string>>): Promise<RawProcess> {
  const [stub] = await bundleWorker(join(import.meta.dirname, 'peers', 'kv-stub.ts'))
  return startRawWorker({ name: 'kv', code: [{ ...stub, contents: `const DOCUMENTS = ${JSON.stringify(documents)};\n${stub.contents}` }] })
}

function configOf(worker: RawWorker, { ports, objectsPath }: { readonly ports: readonly number[]; readonly objectsPath: string }): string {
  const kv = Object.entries(worker.kv ?? {})
  const objects = Object.entries(worker.objects ?? {})
  const others = ports.slice(1).map((_, index) => `main-${index + 2}`)
  const bindingsIn = (service: string): string => [
    ...Object.entries(worker.vars ?? {}).map(([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`),
    ...kv.map(([name]) => `(name = ${quote(name)}, kvNamespace = "kv-${name}")`),
    ...objects.map(([name, className]) => `(name = ${quote(name)}, durableObjectNamespace = ${service === 'main' ? quote(className) : `(className = ${quote(className)}, serviceName = "main")`})`),
  ].join(', ')
  const namespaces = objects.map(([, className]) => `(className = ${quote(className)}, uniqueKey = ${quote(className)}, enableSql = true)`)
  const place = worker.storage === 'memory' ? 'inMemory = void' : 'localDisk = "objects"'
  const storage = objects.length === 0 ? '' : `, durableObjectNamespaces = [${namespaces.join(', ')}], durableObjectStorage = (${place})`
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${serviceOf('main', worker.code, `, bindings = [${bindingsIn('main')}]${storage}, globalOutbound = "internet"`)},
    ${others.map((name) => `${serviceOf(name, worker.code, `, bindings = [${bindingsIn(name)}], globalOutbound = "internet"`)},`).join('\n    ')}
    (name = "objects", disk = (path = ${quote(objectsPath)}, writable = true)),
    ${kv.map(([name, kvPort]) => `(name = "kv-${name}", external = (address = "127.0.0.1:${kvPort}", http = ())),`).join('\n    ')}
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [${['main', ...others].map((name, index) => `(name = "http-${name}", address = "127.0.0.1:${ports[index]}", http = (), service = ${quote(name)})`).join(', ')}],
);
`
}

function serviceOf(name: string, code: WorkerCode, rest: string): string {
  const modules = code.map((module) => `(name = ${quote(module.name)}, esModule = embed ${quote(module.name)})`)
  return `(name = ${quote(name)}, worker = (modules = [${modules.join(', ')}], compatibilityDate = "2026-10-01", compatibilityFlags = ["no_nodejs_global_timers"]${rest}))`
}

function quote(text: string): string {
  return JSON.stringify(text)
}

/** How long workerd may take to start: far more than it needs, for a machine that is busy. */
const START_MS_MAX = 90_000

/** Waits until all ports take connections; false when the process ended, or takes too long. */
async function startsListening(ports: readonly number[], child: ChildProcess): Promise<boolean> {
  const startedMs = performance.now()
  for (const port of ports) {
    while (!(await takesConnections(port))) {
      if (child.exitCode !== null || performance.now() - startedMs > START_MS_MAX) return false
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  return true
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

/** CPU time of all threads, as the scheduler counts it: nanoseconds, where /proc/PID/stat has ticks of a hundredth of a second. */
async function cpuMicros(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`)
  const nanos = await Promise.all(threads.map(async (thread) => Number((await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ')[0])))
  return nanos.reduce((sum, one) => sum + one, 0) / 1000
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/u.exec(status)?.[1] ?? 0) * 1024
}
