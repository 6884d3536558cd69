import type { Env } from './adapters/env.ts'
import { portsOf } from './adapters/ports.ts'
import { asksToReveal, withoutToken } from './control/control-host.ts'
import { handle } from './gateway/handle.ts'

export { PrivateGateway } from './private-gateway.ts'

/**
 * The entry of a Worker that is the gateway alone (wrangler.gateway.toml): it answers APIs, has no path of its own, and shares the rules and the objects of the Worker of
 * index.ts. Less than half the code, so that a fresh isolate answers sooner; and nothing in it could change a rule.
 */
export default {
  fetch: (request, env) => handle(asksToReveal(request) ? withoutToken(request) : request, portsOf(env)),
} satisfies ExportedHandler<Env>
