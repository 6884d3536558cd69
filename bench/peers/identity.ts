/** Who vouches for callers in the benchmarks: an issuer of tokens with its discovery and its keys, and an authorizer function that lets everybody in. */
interface Env {
  /** The key set, as JSON. */
  readonly KEY_SET: string
}

const GRANT = JSON.stringify({ principalId: 'bob', policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*:*:bench/*/GET/*' }] } })

export default {
  fetch(request: Request, env: Env): Response {
    const { origin, pathname } = new URL(request.url)
    if (pathname.endsWith('/openid-configuration')) return Response.json({ issuer: origin, jwks_uri: `${origin}/keys` })
    if (pathname === '/keys') return new Response(env.KEY_SET, { headers: { 'content-type': 'application/json' } })
    return new Response(GRANT, { headers: { 'content-type': 'application/json' } })
  },
}
