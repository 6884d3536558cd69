import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usage, usageSet } from '../../../../cli/commands/usage.ts'
import type { KeyUsage } from '../../../../kv-schemas/control-api/usage.ts'
import { callOf } from './calls.ts'

const MINE: KeyUsage = { apiKeyId: 'mine', name: 'a "key"', used: 120, leased: 12, remaining: 868, days: [{ day: '2026-11-21', used: 100, leased: 0 }, { day: '2026-11-22', used: 20, leased: 12 }] }
const ENDLESS: KeyUsage = { apiKeyId: 'endless', name: '', used: 3, leased: 0, remaining: null, days: [{ day: '2026-11-22', used: 3, leased: 0 }] }

let server: Server
let url: string
let asked: string[]

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`)
    const keys = request.url?.includes('/nobody/') === true ? [] : [MINE, ENDLESS]
    const answer = request.method === 'PUT' ? { ...MINE, remaining: 488 } : { usagePlanId: 'gold', from: '2026-10-24', to: '2026-11-22', keys }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

/** Runs a command against the server; gives what it printed. */
async function run(command: typeof usage, options: Readonly<Record<string, string | true>>, plan = 'gold', json = false): Promise<string> {
  asked = []
  const call = callOf({ url, token: 'a-token', author: 'ann', ...options }, { operands: [plan], json })
  const code = await command.run(call)
  return `${code} ${call.printed.out}${call.printed.err}`
}

describe('stagedoor usage', () => {
  const rows = [
    {
      name: 'a table: used, leased, and what remains',
      options: {},
      printed: '0 mine (a "key"): 120 used, 12 leased, 868 remain of the current period\n  2026-11-21  100\n  2026-11-22  20  and 12 leased\nendless: 3 used, 0 leased, no quota\n  2026-11-22  3\n',
    },
    { name: 'CSV', options: { csv: true as const }, printed: '0 key,name,day,used,leased\n"mine","a ""key""",2026-11-21,100,0\n"mine","a ""key""",2026-11-22,20,12\n"endless","",2026-11-22,3,0\n' },
    { name: 'a plan without keys', options: {}, plan: 'nobody', printed: '0 no key is in this plan\n' },
  ]
  test.each(rows)('prints $name', async ({ options, plan = 'gold', printed }) => {
    expect(await run(usage, options, plan)).toBe(printed)
    expect(asked).toEqual([`GET /_stagedoor/v1/usage-plans/${plan}/usage`])
  })

  test('prints JSON', async () => {
    const printed = await run(usage, {}, 'gold', true)
    expect(JSON.parse(printed.slice(2))).toMatchObject({ keys: [MINE, ENDLESS] })
  })
})

describe('stagedoor usage set', () => {
  const rows = [
    { name: 'what remains, and what is leased beside it', options: { key: 'mine', remaining: '500' }, printed: '0 mine: 488 requests remain of the current period, 12 more are leased\n', calls: ['PUT /_stagedoor/v1/usage-plans/gold/usage/mine'] },
    { name: 'no key', options: { remaining: '500' }, printed: '1 error: --key ID names the key\n', calls: [] },
    { name: 'no number', options: { key: 'mine' }, printed: '1 error: --remaining takes a number of requests, not nothing\n', calls: [] },
    { name: 'less than nothing', options: { key: 'mine', remaining: '-1' }, printed: '1 error: --remaining takes a number of requests, not -1\n', calls: [] },
  ]
  test.each(rows)('$name', async ({ options, printed, calls }) => {
    expect(await run(usageSet, options)).toBe(printed)
    expect(asked).toEqual(calls)
  })
})
