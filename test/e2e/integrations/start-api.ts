import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startDev, type Dev } from '../start-dev.ts'

/** An integration of a definition, as JSON. */
export type Integration = Readonly<Record<string, unknown>>

/** An API `test` with one stage `dev`, served by the real product. */
export interface RunningApi {
  ask(pathAndQuery: string, init?: RequestInit): Promise<Response>
  output(): string
  readonly origin: string
  stop(): Promise<void>
}

/** Writes a rule folder with these methods (`"GET /path": integration`) and starts `stagedoor dev` on it. */
export async function startApi(methods: Readonly<Record<string, Integration>>, options: { readonly account?: object; readonly stage?: object; readonly args?: readonly string[] } = {}): Promise<RunningApi> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-integrations-'))
  const stages = path.join(folder, 'apis', 'test', 'stages')
  await mkdir(stages, { recursive: true })
  await writeFile(path.join(folder, 'account.json'), JSON.stringify(options.account ?? {}))
  await writeFile(path.join(stages, 'dev.json'), JSON.stringify(options.stage ?? {}))
  await writeFile(path.join(folder, 'apis', 'test', 'api.json'), JSON.stringify(toDefinition(methods)))
  const dev: Dev = await startDev(['--rules', folder, ...(options.args ?? [])])
  return {
    ask: (pathAndQuery, init) => dev.fetch(`/test/dev${pathAndQuery}`, init),
    output: () => dev.output(),
    origin: dev.origin,
    async stop() {
      await dev.stop()
      await rm(folder, { recursive: true })
    },
  }
}

function toDefinition(methods: Readonly<Record<string, Integration>>): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [route, integration] of Object.entries(methods)) {
    const [method = '', resource = ''] = route.split(' ')
    const parameters = [...resource.matchAll(/\{([^}+]+)\+?\}/gu)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
    const key = method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase()
    paths[resource] = { ...paths[resource], [key]: { parameters, responses: { 200: { description: '-' }, 404: { description: '-' } }, 'x-amazon-apigateway-integration': integration } }
  }
  return { openapi: '3.0.3', info: { title: 'test', version: '1' }, paths }
}
