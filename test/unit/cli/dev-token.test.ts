import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEV_FILE } from '../../../cli/control/dev-file.ts'
import { announceGateway } from '../../../cli/dev/dev-token.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-announce-'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('two gateways of one folder', () => {
  it('take back their own announcement only', async () => {
    const file = path.join(folder, DEV_FILE)
    const withdrawFirst = await announceGateway(folder, 'http://127.0.0.1:1', 'first')
    const withdrawSecond = await announceGateway(folder, 'http://127.0.0.1:2', 'second')
    await withdrawFirst?.()
    expect(await readFile(file, 'utf8')).toContain('http://127.0.0.1:2')
    await withdrawSecond?.()
    await expect(readFile(file, 'utf8')).rejects.toThrow('ENOENT')
  })

  it('may be gone already', async () => {
    const withdraw = await announceGateway(folder, 'http://127.0.0.1:1', 'only')
    await withdraw?.()
    await expect(withdraw?.()).resolves.toBeUndefined()
  })
})

it('a folder that takes no files is no obstacle', async () => {
  const file = path.join(folder, 'no-folder')
  await writeFile(file, '')
  expect(await announceGateway(file, 'http://127.0.0.1:1', 'only')).toBe(null)
})
