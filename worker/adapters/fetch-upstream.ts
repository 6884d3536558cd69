import type { Upstream, UpstreamOutcome, UpstreamRequest } from '../ports.ts'

/** Backends by the platform's fetch. Redirects are handed back, not followed (aws-rest 6.5). */
export function createFetchUpstream(): Upstream {
  return { call }
}

async function call(request: UpstreamRequest): Promise<UpstreamOutcome> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(TIMED_OUT), request.timeoutMs)
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: abort.signal,
    })
    return { kind: 'answered', response }
  } catch (error) {
    if (abort.signal.aborted) return { kind: 'timed-out' }
    return { kind: 'unreachable', cause: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

const TIMED_OUT = 'timed out'
