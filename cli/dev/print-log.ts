import type { Terminal } from '../command.ts'

/** Writes a line of the Worker's log: a request in short, anything else as it is; with `--json` everything as it is. */
export function printLog(message: string, json: boolean, terminal: Terminal): void {
  const line = json ? null : parseRequestLine(message)
  if (line === null) {
    terminal.out(message)
    return
  }
  const colour = line.status >= 500 ? 'red' : line.status >= 400 ? 'yellow' : 'green'
  const cause = line.cause === undefined ? '' : terminal.paint('dim', `  ${line.cause}`)
  terminal.out(`${line.httpMethod} ${line.path} ${terminal.paint(colour, String(line.status))} ${line.responseLatency} ms${cause}`)
}

interface RequestLine {
  readonly httpMethod: string
  readonly path: string
  readonly status: number
  readonly responseLatency: number
  readonly cause?: string
}

function parseRequestLine(message: string): RequestLine | null {
  if (!message.startsWith('{"requestId"')) return null
  try {
    const line = JSON.parse(message) as Partial<RequestLine>
    const { httpMethod, path, status, responseLatency, cause } = line
    if (httpMethod === undefined || path === undefined || status === undefined || responseLatency === undefined) return null
    return { httpMethod, path, status, responseLatency, ...(cause === undefined ? {} : { cause }) }
  } catch {
    // Not one of the gateway's own lines: somebody's console.log that looks like one.
    return null
  }
}
