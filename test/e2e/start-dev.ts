import { spawn } from 'node:child_process'
import { request } from 'node:http'
import path from 'node:path'

/** A running `stagedoor dev`. */
export interface Dev {
  readonly origin: string
  fetch(pathAndQuery: string, init?: RequestInit): Promise<Response>
  /** The JSON of an answer, asked for under another host name. */
  json(pathAndQuery: string, options?: { readonly host: string }): Promise<unknown>
  /** All that it printed so far. */
  output(): string
  stop(): Promise<void>
}

const CLI = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.js')

/** How long it may take to start: far more than it needs, for a machine that is busy, and less than a hook may take. */
const START_MS_MAX = 100_000

/** Starts `stagedoor dev` on a port that the system chooses unless `args` name one; resolves when it says that it is ready; one that never says so is ended. */
export async function startDev(args: readonly string[]): Promise<Dev> {
  const child = spawn(process.execPath, [CLI, 'dev', ...(args.includes('--port') ? [] : ['--port', '0']), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const origin = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`stagedoor dev is not ready after ${START_MS_MAX} ms: ${printed}`))
    }, START_MS_MAX)
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString()
      const ready = /^Ready on (\S+)/mu.exec(printed)?.[1]
      if (ready === undefined) return
      clearTimeout(timer)
      resolve(ready)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new Error(`stagedoor dev ended: ${printed}`))
    })
  })
  return {
    origin,
    fetch: (pathAndQuery, init) => fetch(origin + pathAndQuery, init),
    json: (pathAndQuery, options) => getJson(origin + pathAndQuery, options?.host ?? null),
    output: () => printed,
    async stop() {
      child.kill('SIGINT')
      await ended
    },
  }
}

/** A GET with a Host of its own, which fetch does not allow. */
function getJson(url: string, host: string | null): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(url, host === null ? {} : { headers: { host } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
    })
    call.on('error', reject)
    call.end()
  })
}
