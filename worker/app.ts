import { Hono } from 'hono'
import type { Env } from './adapters/env.ts'
import { portsOf } from './adapters/ports.ts'
import { asksToReveal, isControlHost } from './control/control-host.ts'
import { handle } from './gateway/handle.ts'
import { probe } from './gateway/probe.ts'

/**
 * What answers which path: the gateway's own paths below `/_stagedoor/` on control hosts, and everything else by the APIs. The control plane, with its schemas, is
 * loaded by the first call that is for it: an isolate that only answers APIs never pays for it.
 */
const app = new Hono<{ Bindings: Env }>()

app.all('/_stagedoor/*', (c, next) => (isControlHost(c.req.url, c.env.CONTROL_HOSTS) ? serveControl(c.req.raw, c.env, c.executionCtx as ExecutionContext) : next()))
app.all('*', (c) => (asksToReveal(c.req.raw) ? serveRevealed(c.req.raw, c.env) : handle(c.req.raw, portsOf(c.env))))

async function serveControl(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const control = await import('./control/serve.ts')
  return control.serveControl(request, env, context)
}

/** A request to an API from an operator who wants to know which deployment answers it. */
async function serveRevealed(received: Request, env: Env): Promise<Response> {
  const { readReveal } = await import('./control/reveal.ts')
  const reveal = await readReveal(received, env)
  const ports = portsOf(env)
  switch (reveal.kind) {
    case 'refused':
      return reveal.response
    case 'nothing':
      return handle(reveal.request, ports)
    case 'origin':
      return handle(reveal.request, { ...ports, reveals: true })
    case 'probe':
      return probe(reveal.request, ports)
    default:
      return reveal satisfies never
  }
}

export { app }
