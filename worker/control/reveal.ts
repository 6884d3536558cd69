import type { Env } from '../adapters/env.ts'
import { findActor } from './actor.ts'
import { isControlHost, REVEAL, REVEAL_TOKEN, withoutToken } from './control-host.ts'
import { ControlProblem, renderProblem } from './problem.ts'

/** What an operator may see of a request to an API. `request` is what goes to the API: without the token. */
export type Reveal = { readonly kind: 'nothing' | 'origin' | 'probe'; readonly request: Request } | { readonly kind: 'refused'; readonly response: Response }

/** Reads the wish of an operator off a request that has a token. */
export async function readReveal(request: Request, env: Env): Promise<Reveal> {
  const stripped = withoutToken(request)
  if (!isControlHost(request.url, env.CONTROL_HOSTS)) return { kind: 'nothing', request: stripped }
  const authentication = await findActor(request.headers.get(REVEAL_TOKEN) ?? '', env.CONTROL_TOKENS, Date.now())
  if (authentication.kind !== 'known') return { kind: 'refused', response: renderProblem(new ControlProblem('wrong-token', { detail: 'The token is not one of this gateway, or has ended.' })) }
  return { kind: request.headers.get(REVEAL) === 'probe' ? 'probe' : 'origin', request: stripped }
}
