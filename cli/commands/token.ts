import { createHash, randomBytes } from 'node:crypto'
import { CONTROL_ROLES } from '../../kv-schemas/control-tokens.ts'
import type { Call, Command } from '../command.ts'
import { fail, printJson } from '../control/with-gateway.ts'

/** `stagedoor token NAME` */
export const token: Command = {
  name: 'token',
  summary: 'Makes a token for the control API, and the entry of the secret CONTROL_TOKENS that lets it in.',
  usage: 'token NAME --role read|deploy|admin [--days N]',
  details: 'Works offline. The token is shown once and kept nowhere; the gateway only ever has its hash. "wrangler secret put CONTROL_TOKENS" takes a JSON array of entries.',
  operands: { min: 1, max: 1 },
  options: [
    { name: 'role', value: 'ROLE', summary: 'read: look; deploy: push APIs, deploy, roll back; admin: also account, keys, plans, domains, deletions' },
    { name: 'days', value: 'N', summary: 'how long it lasts; for ever unless given' },
  ],
  run: runToken,
}

async function runToken(call: Call): Promise<number> {
  const [name = ''] = call.operands
  const role = CONTROL_ROLES.find((known) => known === call.text('role'))
  if (role === undefined) return fail(`--role takes ${CONTROL_ROLES.join(', ')}`, call)
  const days = call.text('days')
  if (days !== null && !/^[1-9]\d{0,4}$/u.test(days)) return fail(`--days takes a number of days, not ${days}`, call)
  const value = `sd_${randomBytes(32).toString('base64url')}`
  const expires = days === null ? {} : { expires: new Date(Date.now() + Number(days) * 86_400_000).toISOString() }
  const entry = { name, sha256: createHash('sha256').update(value).digest('hex'), role, ...expires }
  if (call.json) printJson({ token: value, entry }, call)
  else {
    call.terminal.out(`token: ${value}`)
    call.terminal.out(`entry: ${JSON.stringify(entry)}`)
  }
  return 0
}
