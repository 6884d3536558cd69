import type { Call } from '../command.ts'
import { findConnection } from './connection.ts'
import { createControlClient, type ControlClient, type ControlOutcome } from './control-client.ts'

/** Runs the work of a command with the gateway that the caller named; says what is missing otherwise. */
export async function withGateway(call: Call, work: (client: ControlClient) => Promise<number>): Promise<number> {
  const connection = await findConnection(call)
  return typeof connection === 'string' ? fail(connection, call) : work(createControlClient(connection))
}

/** Reports a failure; the exit code of the command. */
export function fail(message: string, call: Call, hint: string | null = null): number {
  if (call.json) call.terminal.out(JSON.stringify({ ok: false, message, ...(hint === null ? {} : { hint }) }, null, 2))
  else {
    call.terminal.err(`${call.terminal.paint('red', 'error')}: ${message}`)
    if (hint !== null) call.terminal.err(`hint: ${hint}`)
  }
  return 1
}

/** Reports what the gateway said no to, or that it said nothing; the exit code of the command. */
export function failWith(outcome: Exclude<ControlOutcome<unknown>, { kind: 'done' }>, call: Call): number {
  if (outcome.kind === 'unreachable') return fail(outcome.message, call)
  const { detail, hint, issues } = outcome.problem
  if (call.json) {
    call.terminal.out(JSON.stringify({ ok: false, message: detail, ...(hint === null ? {} : { hint }), issues }, null, 2))
    return 1
  }
  return fail(detail, call, hint)
}

/** Prints a value as JSON. */
export function printJson(value: unknown, call: Call): void {
  call.terminal.out(JSON.stringify(value, null, 2))
}
