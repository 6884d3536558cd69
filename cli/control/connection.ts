import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import type { Call, OptionSpec } from '../command.ts'
import type { Connection } from './control-client.ts'
import { DEV_FILE } from './dev-file.ts'

/** The options of every command that talks to a gateway. */
export const CONNECTION_OPTIONS: readonly OptionSpec[] = [
  { name: 'url', value: 'URL', summary: 'the control host; STAGEDOOR_URL, or the running "stagedoor dev"' },
  { name: 'token', value: 'TOKEN', summary: 'the token; STAGEDOOR_TOKEN is the better place for it' },
]

const devFileSchema = z.object({ url: z.url(), token: z.string().min(1) })

/** Finds the gateway: options, then the environment, then the dev file of this folder. A message when something is missing. */
export async function findConnection(call: Call): Promise<Connection | string> {
  const url = call.text('url') ?? nonEmpty(call.env['STAGEDOOR_URL'])
  const token = call.text('token') ?? nonEmpty(call.env['STAGEDOOR_TOKEN'])
  if (url === null && token === null) return (await readDevFile(call.directory)) ?? `no gateway is given: set STAGEDOOR_URL and STAGEDOOR_TOKEN, or start "stagedoor dev" in this folder`
  if (url === null) return 'there is a token but no gateway: set STAGEDOOR_URL, or give --url'
  if (!URL.canParse(url)) return `${JSON.stringify(url)} is no URL; --url takes one such as https://control.example.com`
  const found = token ?? (await readDevFile(call.directory, url))
  if (found === null) return 'there is a gateway but no token: set STAGEDOOR_TOKEN'
  return typeof found === 'string' ? { url, token: found } : { url, token: found.token }
}

async function readDevFile(directory: string, url: string | null = null): Promise<Connection | null> {
  try {
    const parsed = devFileSchema.safeParse(JSON.parse(await readFile(path.join(directory, DEV_FILE), 'utf8')))
    if (!parsed.success) return null
    // Its token is for that gateway alone; it is sent nowhere else.
    return url === null || new URL(url).origin === new URL(parsed.data.url).origin ? parsed.data : null
  } catch {
    return null
  }
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value
}
