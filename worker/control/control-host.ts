/** Where the gateway's own paths begin, on control hosts. */
const OWN_PATH = '/_stagedoor'

/** Whether the path of a request's URL is one of the gateway's own. */
export function isOwnPath(url: string): boolean {
  const pathStart = url.indexOf('/', url.indexOf('://') + 3)
  if (!url.startsWith(OWN_PATH, pathStart)) return false
  const next = url[pathStart + OWN_PATH.length]
  return next === undefined || next === '/' || next === '?'
}

/** Whether a URL is on one of the hosts of the variable `CONTROL_HOSTS`: names without a port, separated by commas. */
export function isControlHost(url: string, controlHosts: string): boolean {
  const { hostname } = new URL(url)
  return controlHosts.split(',').some((host) => host.trim().toLowerCase() === hostname)
}

/** Asks, with a token, which deployment answers: a header of a request to an API on a control host (reveal.ts). */
export const REVEAL_TOKEN = 'x-stagedoor-token'

/** Says, beside a token, how much to show; `probe` asks for nothing else: no backend is called. */
export const REVEAL = 'x-stagedoor-reveal'

/** A request as an API may see it: a token never travels on to a backend, not even one that was sent to the wrong host. */
export function withoutToken(request: Request): Request {
  const stripped = new Request(request)
  stripped.headers.delete(REVEAL_TOKEN)
  stripped.headers.delete(REVEAL)
  return stripped
}

/** Whether a request has a token, so that it needs a second look. */
export function asksToReveal(request: Request): boolean {
  return request.headers.has(REVEAL_TOKEN)
}
