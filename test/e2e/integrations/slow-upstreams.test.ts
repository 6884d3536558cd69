import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { integrationOf, methodOf } from '../../documents.ts'
import { startBackend, startRawGateway, type NodeBackend, type RawGateway } from './raw-gateway.ts'

const SLOW = 500
const FAST = 200

let backend: NodeBackend
let gateway: RawGateway
/** The answers that the backend holds back. */
const held: ServerResponse[] = []

beforeAll(async () => {
  backend = await startBackend((request, response) => {
    if (request.url === '/slow') held.push(response)
    else response.end('fast')
  })
  gateway = await startRawGateway({
    '/slow': { GET: methodOf(integrationOf({ uri: `${backend.origin}/slow`, timeoutInMillis: 120_000 })) },
    '/fast': { GET: methodOf(integrationOf({ uri: `${backend.origin}/fast` })) },
  })
})

afterAll(async () => {
  await gateway.stop()
  backend.stop()
})

it('500 backends that are slow hold up none that is fast, and all of them are answered in the end', async () => {
  const slow = Array.from({ length: SLOW }, async () => (await gateway.ask('/slow')).text())
  await expect.poll(() => held.length, { timeout: 60_000 }).toBe(SLOW)
  for (let call = 0; call < FAST; call += 1) expect(await (await gateway.ask('/fast')).text()).toBe('fast')
  // Not one of the slow ones has been answered, or the fast ones would have proved nothing.
  expect(held).toHaveLength(SLOW)
  for (const response of held) response.end('slow')
  expect(new Set(await Promise.all(slow))).toEqual(new Set(['slow']))
})
