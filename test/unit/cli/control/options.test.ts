import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAttribution } from '../../../../cli/control/attribution.ts'
import { readCanaryWish } from '../../../../cli/control/canary-options.ts'
import { findConnection } from '../../../../cli/control/connection.ts'
import { callOf } from './calls.ts'

let folder: string
let repository: string
let dirty: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-connection-'))
  await mkdir(path.join(folder, '.stagedoor'))
  await writeFile(path.join(folder, '.stagedoor', 'dev.json'), JSON.stringify({ url: 'http://127.0.0.1:8787', token: 'dev-token' }))
  repository = await commit()
  dirty = await commit()
  await writeFile(path.join(dirty, 'file'), 'changed')
})
afterAll(() => Promise.all([folder, repository, dirty].map((directory) => rm(directory, { recursive: true }))))

async function commit(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'stagedoor-git-'))
  const git = (...words: readonly string[]): void => void execFileSync('git', words, { cwd: directory })
  git('init', '-q')
  git('config', 'user.name', 'Ann Ode')
  git('config', 'user.email', 'ann@example.com')
  await writeFile(path.join(directory, 'file'), 'text')
  git('add', '.')
  git('commit', '-q', '-m', 'Add a file\n\nWith a body.')
  return directory
}

describe('where the gateway is', () => {
  const ROWS = [
    { name: 'options come first', options: { url: 'https://a.test', token: 'a' }, env: { STAGEDOOR_URL: 'https://b.test', STAGEDOOR_TOKEN: 'b' }, found: { url: 'https://a.test', token: 'a' } },
    { name: 'then the environment', options: {}, env: { STAGEDOOR_URL: 'https://b.test', STAGEDOOR_TOKEN: 'b' }, found: { url: 'https://b.test', token: 'b' } },
    { name: 'an option and a variable together', options: { url: 'https://a.test' }, env: { STAGEDOOR_TOKEN: 'b' }, found: { url: 'https://a.test', token: 'b' } },
    { name: 'then the dev file', options: {}, env: {}, found: { url: 'http://127.0.0.1:8787', token: 'dev-token' } },
    { name: 'empty variables are none', options: {}, env: { STAGEDOOR_URL: '', STAGEDOOR_TOKEN: '' }, found: { url: 'http://127.0.0.1:8787', token: 'dev-token' } },
    { name: 'the token of the dev file goes to its gateway', options: { url: 'http://127.0.0.1:8787' }, env: {}, found: { url: 'http://127.0.0.1:8787', token: 'dev-token' } },
    { name: 'and to no other', options: { url: 'http://127.0.0.1:8788' }, env: {}, found: 'there is a gateway but no token: set STAGEDOOR_TOKEN' },
    { name: 'a token alone', options: { token: 'a' }, env: {}, found: 'there is a token but no gateway: set STAGEDOOR_URL, or give --url' },
    { name: 'a URL that is none', options: { url: 'control.example.com', token: 'a' }, env: {}, found: '"control.example.com" is no URL; --url takes one such as https://control.example.com' },
  ]
  test.each(ROWS)('$name', async ({ options, env, found }) => {
    expect(await findConnection(callOf(options, { env, directory: folder }))).toEqual(found)
  })

  test('nothing at all', async () => {
    expect(await findConnection(callOf())).toContain('no gateway is given')
  })

  test('a dev file that is broken is none', async () => {
    const broken = await mkdtemp(path.join(tmpdir(), 'stagedoor-broken-'))
    await mkdir(path.join(broken, '.stagedoor'))
    await writeFile(path.join(broken, '.stagedoor', 'dev.json'), '{"url": 1}')
    expect(await findConnection(callOf({}, { directory: broken }))).toContain('no gateway is given')
    await rm(broken, { recursive: true })
  })
})

describe('who writes', () => {
  test('options come first', async () => {
    const options = { author: 'bob', message: 'why', commit: 'c1' }
    expect(await readAttribution(callOf(options, { env: { GITHUB_ACTOR: 'ci', GITHUB_SHA: 'c2' }, directory: repository }))).toEqual(options)
  })

  test('then CI, and git for what it does not tell', async () => {
    expect(await readAttribution(callOf({}, { env: { GITHUB_ACTOR: 'carol', GITHUB_SHA: 'c2' }, directory: repository }))).toEqual({ author: 'carol', message: 'Add a file', commit: 'c2' })
  })

  test('then git', async () => {
    expect(await readAttribution(callOf({}, { directory: repository }))).toEqual({ author: 'Ann Ode', message: 'Add a file', commit: expect.stringMatching(/^[0-9a-f]{40}$/u) })
  })

  test('files that changed since the commit are told', async () => {
    expect(await readAttribution(callOf({}, { directory: dirty }))).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}-dirty$/u) })
  })

  test('without any of them nobody is named, and that is no error', async () => {
    expect(await readAttribution(callOf({}, { directory: '/' }))).toEqual({})
  })

  test('long texts are cut', async () => {
    const { message } = await readAttribution(callOf({ author: 'a', commit: 'c', message: 'x'.repeat(5_000) }))
    expect(message).toHaveLength(2_000)
  })
})

describe('what a canary shall be', () => {
  const GOOD = [
    { name: 'a percentage', options: { percent: '5.5' }, wish: { percentTraffic: 5.5, ramp: undefined } },
    { name: 'a ramp', options: { ramp: '5:10m,25:2h,50:1d' }, wish: { ramp: { steps: [{ percentTraffic: 5, dwellSeconds: 600 }, { percentTraffic: 25, dwellSeconds: 7_200 }, { percentTraffic: 50, dwellSeconds: 86_400 }], promote: false } } },
    { name: 'a ramp that promotes', options: { ramp: '5:30s', 'then-promote': true as const }, wish: { ramp: { steps: [{ percentTraffic: 5, dwellSeconds: 30 }], promote: true } } },
    { name: 'variables', options: { variable: ['a=b', 'c=d=e', 'f='] }, wish: { stageVariableOverrides: { a: 'b', c: 'd=e', f: '' } } },
    { name: 'the cache', options: { 'use-stage-cache': true as const }, wish: { useStageCache: true } },
    { name: 'by API key', options: { sticky: 'api-key' }, wish: { stickiness: { type: 'API_KEY' } } },
    { name: 'by address', options: { sticky: 'source-ip' }, wish: { stickiness: { type: 'SOURCE_IP' } } },
    { name: 'by header', options: { sticky: 'header:x-user' }, wish: { stickiness: { type: 'HEADER', name: 'x-user' } } },
    { name: 'by cookie', options: { sticky: 'cookie:sid' }, wish: { stickiness: { type: 'COOKIE', name: 'sid' } } },
    { name: 'nothing', options: {}, wish: { percentTraffic: undefined, stickiness: undefined, stageVariableOverrides: undefined, useStageCache: undefined } },
  ]
  test.each(GOOD)('$name', ({ options, wish }) => expect(readCanaryWish(callOf(options))).toMatchObject(wish))

  const BAD = [
    { options: { percent: 'much' }, says: '--percent takes a number' },
    { options: { percent: ' ' }, says: '--percent takes a number' },
    { options: { ramp: '5' }, says: '--ramp takes steps' },
    { options: { ramp: '5:10' }, says: '--ramp takes steps' },
    { options: { ramp: '5:10m,' }, says: '--ramp takes steps' },
    { options: { 'then-promote': true as const }, says: 'needs a --ramp' },
    { options: { variable: ['a'] }, says: 'NAME=VALUE' },
    { options: { variable: ['=b'] }, says: 'NAME=VALUE' },
    { options: { sticky: 'user' }, says: '--sticky takes' },
    { options: { sticky: 'header:' }, says: '--sticky takes' },
  ]
  test.each(BAD)('$options is refused', ({ options, says }) => expect(readCanaryWish(callOf(options))).toContain(says))
})
