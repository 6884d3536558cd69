import type { Env } from './adapters/env.ts'
import { portsOf } from './adapters/ports.ts'
import { asksToReveal, isControlHost, isOwnPath } from './control/control-host.ts'
import { handle } from './gateway/handle.ts'
import { probe } from './gateway/probe.ts'

/**
 * What answers which path: the gateway's own paths below `/_stagedoor/` on control hosts, and everything else by the APIs. The control plane, a Hono app with its
 * schemas, is loaded by the first call that is for it: an isolate that only answers APIs never pays for it, nor does a request to an API pass a second router.
 */
export function answer(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  if (isOwnPath(request.url) && isControlHost(request.url, env.CONTROL_HOSTS)) return serveControl(request, env, context)
  return asksToReveal(request) ? serveRevealed(request, env) : handle(request, portsOf(env))
}

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
