import { apiViewSchema, pushAnswerSchema, type PushAnswer } from '../../kv-schemas/control-api/answers.ts'
import type { Attribution } from '../../kv-schemas/control-api/requests.ts'
import * as z from 'zod'
import type { ControlClient, ControlOutcome } from '../control/control-client.ts'

/** How a rule folder is pushed. */
export interface PushOptions {
  /** Values for `${env.NAME}`; only those that the files name are sent. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Stages to deploy to: `dev`, `shop/dev`; or every stage that has a file. */
  readonly deploy: readonly string[] | 'every-stage'
  /** Whom history names, and why. */
  readonly attribution: Attribution
  /** Deletes stages and APIs that the folder does not have. */
  readonly prune: boolean
}

/** Pushes a rule folder, given as texts by paths relative to it, to a running gateway. */
export async function pushRules(client: ControlClient, files: ReadonlyMap<string, string>, options: PushOptions): Promise<ControlOutcome<PushAnswer>> {
  const deploy = options.deploy === 'every-stage' ? stagesOf(files.keys()) : options.deploy
  const body = { ...toBody(files, options.env), deploy }
  const pushed = await client.call({ method: 'POST', path: '/push', query: options.attribution, body, answer: pushAnswerSchema })
  if (pushed.kind !== 'done' || !options.prune) return pushed
  const pruned = await prune(client, files, options.attribution)
  return pruned.kind === 'done' ? pushed : pruned
}

/** Asks what a push would do. */
export function planRules(client: ControlClient, files: ReadonlyMap<string, string>, env: PushOptions['env']): Promise<ControlOutcome<PushAnswer>> {
  return client.call({ method: 'POST', path: '/plan', body: toBody(files, env), answer: pushAnswerSchema })
}

/** The stages that a folder has files of, as `shop/dev`. */
function stagesOf(paths: Iterable<string>): readonly string[] {
  return [...paths].flatMap((path) => {
    const [, apiId, stageName] = /^apis\/([^/]+)\/stages\/([^/]+)\.json$/u.exec(path) ?? []
    return apiId === undefined || stageName === undefined ? [] : [`${apiId}/${stageName}`]
  })
}

function toBody(files: ReadonlyMap<string, string>, env: PushOptions['env']): { readonly files: readonly object[]; readonly env: Readonly<Record<string, string>> } {
  const named = new Set([...files.values()].flatMap((text) => Array.from(text.matchAll(/\$\{env\.([^}]*)\}/gu), (found) => found[1] ?? '')))
  const values = [...named].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  return { files: Array.from(files, ([path, text]) => ({ path, text })), env: Object.fromEntries(values) }
}

async function prune(client: ControlClient, files: ReadonlyMap<string, string>, query: Attribution): Promise<ControlOutcome<null>> {
  const listed = await client.call({ method: 'GET', path: '/apis', answer: z.object({ apis: z.array(apiViewSchema) }) })
  if (listed.kind !== 'done') return listed
  const kept = new Set(stagesOf(files.keys()))
  for (const { apiId, stages } of listed.value.apis) {
    const isGone = ![...files.keys()].some((path) => path.startsWith(`apis/${apiId}/`))
    const paths = stages.filter(({ stageName }) => !kept.has(`${apiId}/${stageName}`)).map(({ stageName }) => `/apis/${apiId}/stages/${stageName}`)
    for (const path of isGone ? [...paths, `/apis/${apiId}`] : paths) {
      const deleted = await client.call({ method: 'DELETE', path, query, answer: null })
      if (deleted.kind !== 'done') return deleted
    }
  }
  return { kind: 'done', value: null }
}
