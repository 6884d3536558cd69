import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type Integration, type RunningApi } from './start-api.ts'

const WORKER = path.join(import.meta.dirname, '..', '..', '..', 'examples', 'functions', 'wrangler.toml')
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function'
const proxy = (name: string): Integration => ({ type: 'aws_proxy', httpMethod: 'POST', uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION}:${name}/invocations` })

let api: RunningApi

beforeAll(async () => {
  api = await startApi(
    {
      'GET /greeting': proxy('${stageVariables.fn}'),
      'ANY /catalog': proxy('catalog'),
      'ANY /catalog/{proxy+}': proxy('catalog'),
      'ANY /library/{proxy+}': proxy('library'),
      'GET /story': { type: 'aws_proxy', httpMethod: 'POST', uri: `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${FUNCTION}:story/response-streaming-invocations`, responseTransferMode: 'STREAM' },
      'GET /none': proxy('nobody'),
      'POST /later': {
        ...proxy('greeting'),
        type: 'aws',
        requestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" },
        responses: { default: { statusCode: '202' } },
      },
    },
    {
      stage: { variables: { fn: 'greeting', motd: 'mind-the-gap' } },
      account: { functions: Object.fromEntries(['greeting', 'catalog', 'library', 'story', 'nobody'].map((name) => [name, { binding: 'FUNCTIONS' }])) },
      args: ['--worker', WORKER],
    },
  )
})

afterAll(() => api.stop())

const json = (body: unknown): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

describe('a handler written for AWS Lambda, in the Worker next door', () => {
  it('has the event, the stage variables and the context of Lambda', async () => {
    const response = await api.ask('/greeting?name=Ada')
    const body: unknown = await response.json()
    expect([response.status, response.headers.get('x-function')]).toEqual([200, 'greeting'])
    expect(body).toEqual({ message: 'Hello, Ada!', motd: 'mind-the-gap', requestId: response.headers.get('x-amzn-requestid'), invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/u) as string, remainingMs: expect.any(Number) as number, logStream: expect.stringContaining('[$LATEST]') as string })
  })

  it('that throws is a 502 for the client and a line in the log', async () => {
    const response = await api.ask('/greeting?name=nobody')
    expect([response.status, await response.text()]).toEqual([502, '{"message": "Internal server error"}'])
    await expect.poll(() => api.output(), { timeout: 60_000 }).toContain('There is nobody to greet')
  })

  it("on Hono's adapter is a whole application: routes, bodies, cookies, binary answers as base64", async () => {
    expect(await (await api.ask('/catalog/9780131103627')).json()).toEqual({ isbn: '9780131103627', title: 'The C Programming Language' })
    expect((await api.ask('/catalog/none')).status).toBe(404)
    const created = await api.ask('/catalog', json({ isbn: '1' }))
    expect([created.status, created.headers.getSetCookie()]).toEqual([201, ['last=book; Path=/', 'seen=1']])
    expect(await (await api.ask('/catalog/cover.png')).text()).toMatch(/^iVBORw0KGgo/u)
  })

  it("on Middy's router, parser and error handler works as it stands", async () => {
    expect(await (await api.ask('/library/loans?by=alice')).json()).toEqual({ loans: ['9780131103627'] })
    const created = await api.ask('/library/loans', json({ isbn: '1', reader: 'bob' }))
    expect([created.status, created.headers.get('location'), created.headers.getSetCookie(), await created.json()]).toEqual([201, '/library/loans/1', ['reader=bob', 'last=1'], { isbn: '1', reader: 'bob' }])
    expect((await api.ask('/library/loans/none')).status).toBe(404)
    // The middleware of others answers here, not the gateway.
    expect((await api.ask('/library/loans', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })).status).toBe(422)
    expect((await api.ask('/library/elsewhere')).status).toBe(404)
  })

  it('streams: all lines arrive, with the metadata of the answer', async () => {
    const response = await api.ask('/story')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
    expect((await response.text()).split('\n')).toHaveLength(5)
  })

  it('may be called without waiting', async () => {
    const response = await api.ask('/later', json({}))
    expect([response.status, await response.text()]).toEqual([202, ''])
  })

  it('that is not there is a 500, and the log names it', async () => {
    const response = await api.ask('/none')
    expect([response.status, await response.text()]).toEqual([500, '{"message": "Internal server error"}'])
    await expect.poll(() => api.output(), { timeout: 60_000 }).toContain('there is no such function: ')
  })
})
