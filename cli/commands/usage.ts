import { keyUsageSchema, planUsageSchema, type PlanUsage } from '../../kv-schemas/control-api/usage.ts'
import type { Call, Command } from '../command.ts'
import { ATTRIBUTION_OPTIONS, readAttribution } from '../control/attribution.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'

/** `stagedoor usage PLAN` */
export const usage: Command = {
  name: 'usage',
  summary: 'Shows the requests of each key of a usage plan, by day, and what remains of the current period.',
  usage: 'usage PLAN [--key ID] [--from DAY] [--to DAY] [--csv]',
  details: 'Days are in UTC, such as 2026-11-22; the last thirty unless given. Leased requests are lent to isolates, which report within seconds whether they used them.',
  operands: { min: 1, max: 1 },
  options: [
    { name: 'key', value: 'ID', summary: 'this key alone' },
    { name: 'from', value: 'DAY', summary: 'the first day' },
    { name: 'to', value: 'DAY', summary: 'the last day' },
    { name: 'csv', value: null, summary: 'as CSV: key, name, day, used, leased' },
    ...CONNECTION_OPTIONS,
  ],
  run: (call) =>
    withGateway(call, async (client) => {
      const [plan = ''] = call.operands
      const query = { key: call.text('key'), from: call.text('from'), to: call.text('to') }
      const outcome = await client.call({ method: 'GET', path: `/usage-plans/${encodeURIComponent(plan)}/usage`, query, answer: planUsageSchema })
      if (outcome.kind !== 'done') return failWith(outcome, call)
      if (call.json) printJson(outcome.value, call)
      else for (const line of call.flag('csv') ? toCsv(outcome.value) : toLines(outcome.value)) call.terminal.out(line)
      return 0
    }),
}

/** `stagedoor usage set PLAN` */
export const usageSet: Command = {
  name: 'usage set',
  summary: 'Sets what remains of the current period for a key: extends a quota, or ends it.',
  usage: 'usage set PLAN --key ID --remaining N',
  details: 'So many requests more, those that are leased to isolates at this moment among them.',
  operands: { min: 1, max: 1 },
  options: [{ name: 'key', value: 'ID', summary: 'the key' }, { name: 'remaining', value: 'N', summary: 'requests that remain' }, ...ATTRIBUTION_OPTIONS, ...CONNECTION_OPTIONS],
  run: setUsage,
}

async function setUsage(call: Call): Promise<number> {
  const [plan = ''] = call.operands
  const key = call.text('key')
  const remaining = call.text('remaining')
  if (key === null) return fail('--key ID names the key', call)
  if (remaining === null || !/^\d{1,9}$/u.test(remaining)) return fail(`--remaining takes a number of requests, not ${remaining ?? 'nothing'}`, call)
  return withGateway(call, async (client) => {
    const path = `/usage-plans/${encodeURIComponent(plan)}/usage/${encodeURIComponent(key)}`
    const outcome = await client.call({ method: 'PUT', path, query: await readAttribution(call), body: { remaining: Number(remaining) }, answer: keyUsageSchema })
    if (outcome.kind !== 'done') return failWith(outcome, call)
    if (call.json) printJson(outcome.value, call)
    else call.terminal.out(`${key}: ${outcome.value.remaining ?? 0} requests remain of the current period${outcome.value.leased > 0 ? `, ${outcome.value.leased} more are leased` : ''}`)
    return 0
  })
}

function toLines({ keys }: PlanUsage): readonly string[] {
  if (keys.length === 0) return ['no key is in this plan']
  return keys.flatMap(({ apiKeyId, name, used, leased, remaining, days }) => [
    `${apiKeyId}${name === '' ? '' : ` (${name})`}: ${used} used, ${leased} leased, ${remaining === null ? 'no quota' : `${remaining} remain of the current period`}`,
    ...days.map((onDay) => `  ${onDay.day}  ${onDay.used}${onDay.leased > 0 ? `  and ${onDay.leased} leased` : ''}`),
  ])
}

function toCsv({ keys }: PlanUsage): readonly string[] {
  return ['key,name,day,used,leased', ...keys.flatMap(({ apiKeyId, name, days }) => days.map(({ day, used, leased }) => `${quote(apiKeyId)},${quote(name)},${day},${used},${leased}`))]
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
