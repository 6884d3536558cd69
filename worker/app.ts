import { Hono } from 'hono'
import type { Env } from './adapters/env.ts'
import { createPorts } from './adapters/ports.ts'
import { handle } from './gateway/handle.ts'

/** What answers which path: the gateway's own paths below `/_stagedoor/` on control hosts, and everything else by the APIs. */
const app = new Hono<{ Bindings: Env }>()

app.all('*', (c) => handle(c.req.raw, createPorts(c.env, c.executionCtx as ExecutionContext)))

export { app }
