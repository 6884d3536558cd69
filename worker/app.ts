import { Hono } from 'hono'
import type { Env } from './adapters/env.ts'
import { createPorts } from './adapters/ports.ts'
import { serveControl } from './control/serve.ts'
import { isControlHost } from './control/control-host.ts'
import { handle } from './gateway/handle.ts'

/** What answers which path: the gateway's own paths below `/_stagedoor/` on control hosts, and everything else by the APIs. */
const app = new Hono<{ Bindings: Env }>()

app.all('/_stagedoor/*', (c, next) => (isControlHost(c.req.url, c.env.CONTROL_HOSTS) ? serveControl(c.req.raw, c.env, c.executionCtx as ExecutionContext) : next()))
app.all('*', (c) => handle(c.req.raw, createPorts(c.env, c.executionCtx as ExecutionContext)))

export { app }
