import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as z from 'zod'
import { apiKeyShownSchema, apiKeyViewSchema, type ApiKeyView } from '../../kv-schemas/control-api/api-keys.ts'
import type { Call, Command, OptionSpec } from '../command.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'
import { parseKeyFile } from '../keys/parse-key-file.ts'

const PLAN: OptionSpec = { name: 'plan', value: 'ID', summary: 'a usage plan of the key; without one it opens nothing', isRepeatable: true }
const DETAILS = 'Keys are stored as SHA-256 alone: a value is shown once, when it is made. The gateway sees a change within the maximum age of its rules.'

/** `stagedoor keys create [NAME]` */
export const keysCreate: Command = {
  name: 'keys create',
  summary: 'Makes an API key and shows its value once.',
  usage: 'keys create [NAME] [--id ID] [--plan ID ...] [--customer ID] [--disabled]',
  details: DETAILS,
  operands: { min: 0, max: 1 },
  options: [
    { name: 'id', value: 'ID', summary: 'the id; made up unless given' },
    PLAN,
    { name: 'customer', value: 'ID', summary: "the customer's id in a marketplace" },
    { name: 'disabled', value: null, summary: 'the key opens nothing until it is enabled' },
    ...CONNECTION_OPTIONS,
  ],
  run: (call) =>
    withGateway(call, async (client) => {
      const [id, customerId] = [call.text('id'), call.text('customer')]
      const body = { name: call.operands[0] ?? '', usagePlanIds: call.texts('plan'), enabled: !call.flag('disabled'), ...(id === null ? {} : { id }), ...(customerId === null ? {} : { customerId }) }
      const outcome = await client.call({ method: 'POST', path: '/api-keys', body, answer: apiKeyShownSchema })
      return outcome.kind === 'done' ? showValue(outcome.value, call) : failWith(outcome, call)
    }),
}

/** `stagedoor keys import FILE` */
export const keysImport: Command = {
  name: 'keys import',
  summary: 'Takes API keys that exist elsewhere: a CSV file as Amazon has it.',
  usage: 'keys import FILE [--plan ID ...]',
  details: 'The file has a line of column names: name and key (or sha256), and if wanted description, enabled, usageplanIds (separated by commas, in quotes). Stops at the first key that is refused.',
  operands: { min: 1, max: 1 },
  options: [PLAN, ...CONNECTION_OPTIONS],
  run: runImport,
}

/** `stagedoor keys list` */
export const keysList: Command = {
  name: 'keys list',
  summary: 'Lists API keys, without their values.',
  usage: 'keys list',
  details: DETAILS,
  operands: { min: 0, max: 0 },
  options: CONNECTION_OPTIONS,
  run: (call) =>
    withGateway(call, async (client) => {
      const outcome = await client.call({ method: 'GET', path: '/api-keys', answer: z.object({ apiKeys: z.array(apiKeyViewSchema) }) })
      if (outcome.kind !== 'done') return failWith(outcome, call)
      if (call.json) printJson(outcome.value, call)
      else for (const key of outcome.value.apiKeys) call.terminal.out(describeKey(key))
      return 0
    }),
}

/** `stagedoor keys rotate ID` */
export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'Gives an API key a new value, shown once; the earlier one stays good for a while.',
  usage: 'keys rotate ID [--grace SECONDS]',
  details: DETAILS,
  operands: { min: 1, max: 1 },
  options: [{ name: 'grace', value: 'SECONDS', summary: 'how long the earlier value stays good; 86400 unless given, 0 ends it now' }, ...CONNECTION_OPTIONS],
  run: (call) => {
    const grace = call.text('grace') ?? '86400'
    if (!/^\d{1,7}$/u.test(grace)) return Promise.resolve(fail(`--grace takes a number of seconds, not ${grace}`, call))
    return withGateway(call, async (client) => {
      const outcome = await client.call({ method: 'POST', path: `${pathOf(call)}/rotate`, body: { graceSeconds: Number(grace) }, answer: apiKeyShownSchema })
      return outcome.kind === 'done' ? showValue(outcome.value, call) : failWith(outcome, call)
    })
  },
}

/** `stagedoor keys disable ID` */
export const keysDisable: Command = toSwitch('disable', false, 'Disables an API key: it opens nothing until it is enabled again.')

/** `stagedoor keys enable ID` */
export const keysEnable: Command = toSwitch('enable', true, 'Enables an API key.')

/** `stagedoor keys revoke ID` */
export const keysRevoke: Command = {
  name: 'keys revoke',
  summary: 'Ends an API key with all its values, for good.',
  usage: 'keys revoke ID',
  details: 'A key of api-keys.json comes back with the next push; take it out of the file as well.',
  operands: { min: 1, max: 1 },
  options: CONNECTION_OPTIONS,
  run: (call) =>
    withGateway(call, async (client) => {
      const outcome = await client.call({ method: 'DELETE', path: pathOf(call), answer: null })
      if (outcome.kind !== 'done') return failWith(outcome, call)
      if (call.json) printJson({ ok: true }, call)
      else call.terminal.out(`Revoked ${call.operands[0] ?? ''}`)
      return 0
    }),
}

function toSwitch(word: string, enabled: boolean, summary: string): Command {
  return {
    name: `keys ${word}`,
    summary,
    usage: `keys ${word} ID`,
    details: '',
    operands: { min: 1, max: 1 },
    options: CONNECTION_OPTIONS,
    run: (call) =>
      withGateway(call, async (client) => {
        const outcome = await client.call({ method: 'PATCH', path: pathOf(call), body: { enabled }, answer: apiKeyViewSchema })
        if (outcome.kind !== 'done') return failWith(outcome, call)
        if (call.json) printJson(outcome.value, call)
        else call.terminal.out(describeKey(outcome.value))
        return 0
      }),
  }
}

async function runImport(call: Call): Promise<number> {
  const file = call.operands[0] ?? ''
  const text = await readFile(resolve(call.directory, file), 'utf8').catch(() => null)
  if (text === null) return fail(`${file} can't be read`, call)
  const parsed = parseKeyFile(text)
  if (parsed.kind === 'invalid') return fail(`${file}:${parsed.line} ${parsed.message}`, call)
  return withGateway(call, async (client) => {
    const imported: ApiKeyView[] = []
    for (const key of parsed.keys) {
      const usagePlanIds = [...new Set([...key.usagePlanIds, ...call.texts('plan')])]
      const outcome = await client.call({ method: 'POST', path: '/api-keys', body: { ...key, usagePlanIds }, answer: apiKeyShownSchema })
      if (outcome.kind !== 'done') return failWith(outcome, call)
      imported.push(outcome.value)
    }
    if (call.json) printJson({ apiKeys: imported }, call)
    else for (const key of imported) call.terminal.out(describeKey(key))
    return 0
  })
}

function pathOf(call: Call): string {
  return `/api-keys/${encodeURIComponent(call.operands[0] ?? '')}`
}

function showValue(key: z.infer<typeof apiKeyShownSchema>, call: Call): number {
  if (call.json) printJson(key, call)
  else {
    call.terminal.out(describeKey(key))
    if (key.value !== null) call.terminal.out(`value: ${key.value}`)
  }
  return 0
}

function describeKey({ id, name, enabled, usagePlanIds, values, source }: ApiKeyView): string {
  const earlier = values.flatMap(({ validUntil }) => (validUntil === null ? [] : [`earlier value until ${validUntil}`]))
  return [id, ...(name === '' ? [] : [name]), enabled ? 'enabled' : 'disabled', `plans: ${usagePlanIds.join(', ') || 'none'}`, ...earlier, ...(source === 'rules' ? ['from api-keys.json'] : [])].join('  ')
}
