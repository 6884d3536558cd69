import * as z from 'zod'
import { auditViewSchema } from '../../kv-schemas/control-api/answers.ts'
import type { Call, Command } from '../command.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'

/** `stagedoor audit [API]` */
export const audit: Command = {
  name: 'audit',
  summary: 'Shows every write, newest first: of an API, or of the account (pushes, domains, plans, keys).',
  usage: 'audit [API] [--limit N]',
  details: '',
  operands: { min: 0, max: 1 },
  options: [{ name: 'limit', value: 'N', summary: 'how many; 25 unless given' }, ...CONNECTION_OPTIONS],
  run: runAudit,
}

async function runAudit(call: Call): Promise<number> {
  const limit = call.text('limit') ?? '25'
  if (!/^[1-9]\d{0,2}$/u.test(limit)) return fail(`--limit takes a number up to 500, not ${limit}`, call)
  const [apiId] = call.operands
  return withGateway(call, async (client) => {
    const outcome = await client.call({ method: 'GET', path: '/audit', query: { apiId, limit }, answer: z.object({ entries: z.array(auditViewSchema) }) })
    if (outcome.kind !== 'done') return failWith(outcome, call)
    if (call.json) printJson(outcome.value, call)
    else for (const { at, actor, author, action, target, message } of outcome.value.entries) {
      const who = author === actor ? actor : `${author} (${actor})`
      call.terminal.out([at, who, action, target, ...(message === '' ? [] : [JSON.stringify(message)])].join('  '))
    }
    return 0
  })
}
