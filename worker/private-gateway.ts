import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Env } from './adapters/env.ts'
import { portsOf } from './adapters/ports.ts'
import { handle } from './gateway/handle.ts'
import type { PrivateNetwork } from './semantics/policy/request-context.ts'

/** What the binding of a caller says of it, in the caller's own configuration: the VPC endpoint that it calls through, and more where policies ask for it. */
interface PrivateProps {
  readonly vpceId?: unknown
  readonly vpcId?: unknown
  readonly sourceIp?: unknown
}

/**
 * The door to private APIs (aws-rest 12.4): another Worker calls them through a service binding to this entrypoint. The binding's `props` name the VPC endpoint; a
 * request can't change them, so that resource policies may rely on `aws:SourceVpce`. A binding without a name leads nowhere.
 */
export class PrivateGateway extends WorkerEntrypoint<Env, PrivateProps | undefined> {
  override fetch(request: Request): Promise<Response> {
    const privateNetwork = toNetwork(this.ctx.props)
    if (privateNetwork === null) return Promise.resolve(Response.json({ message: 'Forbidden' }, { status: 403, headers: { 'x-amzn-ErrorType': 'ForbiddenException' } }))
    return handle(request, { ...portsOf(this.env), privateNetwork })
  }
}

function toNetwork(props: PrivateProps | undefined): PrivateNetwork | null {
  const { vpceId, vpcId, sourceIp } = props ?? {}
  if (typeof vpceId !== 'string' || vpceId === '') return null
  return { vpceId, vpcId: typeof vpcId === 'string' ? vpcId : null, sourceIp: typeof sourceIp === 'string' ? sourceIp : null }
}
