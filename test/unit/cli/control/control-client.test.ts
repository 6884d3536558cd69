import { expect, test } from 'vitest'
import * as z from 'zod'
import { createControlClient, type ControlCall, type ControlOutcome } from '../../../../cli/control/control-client.ts'
import { pushRules } from '../../../../cli/push/push-rules.ts'
import { failWith } from '../../../../cli/control/with-gateway.ts'
import { callOf } from './calls.ts'

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** A client whose gateway answers what the test says, and what it was asked. */
function clientOf(answer: (sent: Sent) => Response | Error): { readonly client: ReturnType<typeof createControlClient>; readonly sent: Sent[] } {
  const sent: Sent[] = []
  const send = async (url: URL | RequestInfo, init?: RequestInit): Promise<Response> => {
    const asked = { method: init?.method ?? 'GET', url: url instanceof Request ? url.url : url.toString(), headers: Object.fromEntries(new Headers(init?.headers)), body: typeof init?.body === 'string' ? JSON.parse(init.body) : null }
    sent.push(asked)
    const answered = answer(asked)
    if (answered instanceof Error) throw answered
    return answered
  }
  return { client: createControlClient({ url: 'https://control.test/somewhere', token: 'secret' }, send), sent }
}

const WHOAMI: ControlCall<{ name: string }> = { method: 'GET', path: '/whoami', answer: z.object({ name: z.string() }) }

test('a call carries token, query, revision and body', async () => {
  const { client, sent } = clientOf(() => Response.json({ name: 'ann' }))
  const outcome = await client.call({ ...WHOAMI, method: 'POST', query: { author: 'Änn & co', message: undefined, limit: 5 }, ifMatch: 7, body: { a: 1 } })
  expect(outcome).toEqual({ kind: 'done', value: { name: 'ann' } })
  expect(sent).toEqual([
    {
      method: 'POST',
      url: 'https://control.test/_stagedoor/v1/whoami?author=%C3%84nn+%26+co&limit=5',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json', 'if-match': '"7"' },
      body: { a: 1 },
    },
  ])
})

const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:9') })
const ROWS: readonly { readonly name: string; readonly answer: Response | Error; readonly outcome: Partial<Record<string, unknown>> }[] = [
  {
    name: 'a problem',
    answer: Response.json({ type: 'urn:stagedoor:problem:stale-revision', detail: 'no', hint: 'again', status: 412 }, { status: 412 }),
    outcome: { kind: 'problem', status: 412, problem: { type: 'urn:stagedoor:problem:stale-revision', detail: 'no', hint: 'again', issues: [] } },
  },
  { name: 'an error page of somebody else', answer: new Response('<html>', { status: 502 }), outcome: { kind: 'unreachable', message: expect.stringContaining('answered 502, but not as a Stagedoor control API') } },
  { name: 'the gateway on a host that is no control host', answer: Response.json({ message: 'Forbidden' }, { status: 403 }), outcome: { kind: 'unreachable', message: expect.stringContaining('CONTROL_HOSTS') } },
  { name: 'an answer of another shape', answer: Response.json({ nome: 'ann' }), outcome: { kind: 'unreachable' } },
  { name: 'an answer that is no JSON', answer: new Response('ok'), outcome: { kind: 'unreachable' } },
  { name: 'a redirect', answer: new Response(null, { status: 302, headers: { location: 'https://evil.test/' } }), outcome: { kind: 'unreachable' } },
  { name: 'nobody', answer: refused, outcome: { kind: 'unreachable', message: 'https://control.test could not be reached: connect ECONNREFUSED 127.0.0.1:9' } },
]
for (const { name, answer, outcome } of ROWS) {
  test(`${name} is told apart`, async () => {
    expect(await clientOf(() => answer).client.call(WHOAMI)).toMatchObject(outcome)
  })

  test(`${name} ends a command with 1, in words and in JSON`, async () => {
    const failure = (await clientOf(() => (answer instanceof Error ? answer : answer.clone())).client.call(WHOAMI)) as Exclude<ControlOutcome<unknown>, { kind: 'done' }>
    const [words, json] = [callOf(), callOf({}, { json: true })]
    expect([failWith(failure, words), failWith(failure, json)]).toEqual([1, 1])
    expect(words.printed.err).toMatch(/^error: /u)
    expect(JSON.parse(json.printed.out)).toMatchObject({ ok: false })
    expect(words.printed.err + json.printed.out).not.toContain('secret')
  })
}

const PUSHED = { isDryRun: false, isComplete: true, apis: [], documentChanges: [], warnings: [] }
const FILES = new Map([
  ['apis/shop/api.json', '{"a": "${env.HOST}", "b": "${env.MISSING}"}'],
  ['apis/shop/stages/dev.json', '{}'],
  ['apis/shop/stages/prod.json', '{}'],
  ['account.json', '{}'],
])

/** A stage as the control API lists it. */
const stageOf = (stageName: string) => ({ apiId: 'x', stageName, revision: 1, deploymentId: null, runsDraft: null, canarySettings: null, cacheEpoch: 0, variables: {}, description: '' })

test('a push sends the files as they are, and of the environment only what they name', async () => {
  const { client, sent } = clientOf(() => Response.json(PUSHED))
  const env = { HOST: 'h', SECRET: 's', PATH: '/bin' }
  await pushRules(client, FILES, { env, deploy: 'every-stage', attribution: { author: 'ann' }, prune: false })
  expect(sent).toMatchObject([
    {
      url: 'https://control.test/_stagedoor/v1/push?author=ann',
      body: { files: Array.from(FILES, ([path, text]) => ({ path, text })), env: { HOST: 'h' }, deploy: ['shop/dev', 'shop/prod'] },
    },
  ])
})

test('a push that prunes deletes stages without files, then APIs without files', async () => {
  const apis = [
    { apiId: 'shop', draft: null, stages: [stageOf('dev'), stageOf('old')] },
    { apiId: 'gone', draft: null, stages: [stageOf('dev')] },
  ]
  const { client, sent } = clientOf(({ method }) => (method === 'POST' ? Response.json(PUSHED) : method === 'GET' ? Response.json({ apis }) : new Response(null, { status: 204 })))
  const outcome = await pushRules(client, FILES, { env: {}, deploy: [], attribution: {}, prune: true })
  expect(outcome.kind).toBe('done')
  expect(sent.filter(({ method }) => method === 'DELETE').map(({ url }) => new URL(url).pathname)).toEqual([
    '/_stagedoor/v1/apis/shop/stages/old',
    '/_stagedoor/v1/apis/gone/stages/dev',
    '/_stagedoor/v1/apis/gone',
  ])
})

test('a push that was refused prunes nothing', async () => {
  const { client, sent } = clientOf(() => Response.json({ type: 't', detail: 'no' }, { status: 422 }))
  expect(await pushRules(client, FILES, { env: {}, deploy: [], attribution: {}, prune: true })).toMatchObject({ kind: 'problem' })
  expect(sent).toHaveLength(1)
})
