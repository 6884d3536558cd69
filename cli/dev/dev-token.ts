import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ControlTokens } from '../../kv-schemas/control-tokens.ts'
import { DEV_FILE } from '../control/dev-file.ts'

/** A token that lives as long as one `stagedoor dev`, and the secret that lets the gateway know it. */
export interface DevToken {
  readonly token: string
  /** The value of `CONTROL_TOKENS`. */
  readonly secret: string
}

/** Makes a token with every right. */
export function createDevToken(): DevToken {
  const token = `dev-${randomBytes(24).toString('base64url')}`
  const tokens: ControlTokens = [{ name: 'stagedoor dev', sha256: createHash('sha256').update(token).digest('hex'), role: 'admin' }]
  return { token, secret: JSON.stringify(tokens) }
}

/** Tells the other commands of this folder where the gateway is; gives a function that takes it back, or null when nothing can be written there. */
export async function announceGateway(directory: string, url: string, token: string): Promise<(() => Promise<void>) | null> {
  const file = path.join(directory, DEV_FILE)
  try {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, `${JSON.stringify({ url, token }, null, 2)}\n`, { mode: 0o600 })
  } catch {
    // A read-only folder: the gateway runs all the same.
    return null
  }
  return async () => {
    // Another gateway, started later from the same folder, may have announced itself there.
    const announced = await readFile(file, 'utf8').catch(() => '')
    if (announced.includes(JSON.stringify(token))) await rm(file, { force: true })
  }
}
