import { describe, expect, it } from 'vitest'
import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../../../kv-schemas/id-schemas.ts'
import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import { deploymentKey, domainKey, stageKey } from '../../../kv-schemas/keys.ts'
import { createKvRules, createRulesMemory } from '../../../worker/adapters/kv-rules.ts'
import { RulesUnavailable, type Rules } from '../../../worker/ports.ts'
import { writeDeploymentText } from '../../../worker/semantics/compile/deployment-text.ts'
import { deploymentOf, stageOf } from '../../documents.ts'

const API = apiIdSchema.parse('test')
const STAGE = stageNameSchema.parse('dev')
const ONE = deploymentIdSchema.parse('1'.repeat(20))
const TWO = deploymentIdSchema.parse('2'.repeat(20))
const MAX_AGE_MS = 30_000

/** A KV that the test writes and breaks, a clock that it moves, and one isolate's memory over them. */
function isolate(documents: Record<string, unknown>, ledger: Record<string, unknown> = {}) {
  const state = { nowMs: 1_000_000, isDown: false, reads: [] as string[], deferred: [] as Promise<unknown>[], documents }
  const read = async (key: string): Promise<unknown> => {
    state.reads.push(key)
    if (state.isDown) throw new Error('KV is down')
    return state.documents[key] ?? null
  }
  const store = { read, readText: async (key: string) => textOf(await read(key)) }
  const rules: Rules = createKvRules(store, {
    memory: createRulesMemory(),
    maxAgeMs: MAX_AGE_MS,
    nowMs: () => state.nowMs,
    defer: (work) => state.deferred.push(work),
    askLedger: async (apiId, deploymentId) => textOf(ledger[deploymentKey(apiId, deploymentId)] ?? null),
  })
  const pass = async (ms: number): Promise<void> => {
    state.nowMs += ms
    await Promise.resolve(rules.stage(API, STAGE)).catch(() => null)
    await Promise.all(state.deferred)
  }
  return { state, rules, pass }
}

/** What KV gives who asks for a text: a document as it was written, any other value as JSON. */
const textOf = (value: unknown): string | null => (typeof value === 'string' || value === null ? value : JSON.stringify(value))

const stageAt = (revision: number, deploymentId: DeploymentId) => stageOf({ revision, deploymentId })
const deploymentAt = (deploymentId: DeploymentId) => deploymentOf({}, { deploymentId })
const published = (revision: number, deploymentId: DeploymentId) => ({
  [stageKey(API, STAGE)]: stageAt(revision, deploymentId),
  [deploymentKey(API, deploymentId)]: writeDeploymentText(deploymentAt(deploymentId)),
})

async function revisionOf(rules: Rules): Promise<number | null> {
  return (await rules.stage(API, STAGE))?.document.revision ?? null
}

describe('an isolate and its rules', () => {
  it('reads a stage and its deployment once, then answers from memory', async () => {
    const { rules, state } = isolate(published(1, ONE))
    await rules.stage(API, STAGE)
    await rules.stage(API, STAGE)
    expect(state.reads).toEqual([stageKey(API, STAGE), deploymentKey(API, ONE)])
  })

  it('sees a new revision after the maximum age, behind the request that found the old one', async () => {
    const { rules, state, pass } = isolate(published(1, ONE))
    await rules.stage(API, STAGE)
    state.documents = published(2, TWO)
    expect(await revisionOf(rules)).toBe(1)
    await pass(MAX_AGE_MS)
    expect(await revisionOf(rules)).toBe(2)
  })

  it('asks before it answers when nobody asked for a long while, and answers all the same when KV is down', async () => {
    const { rules, state } = isolate(published(1, ONE))
    await rules.stage(API, STAGE)
    state.documents = published(2, TWO)
    state.nowMs += 2 * MAX_AGE_MS
    expect(await revisionOf(rules)).toBe(2)
    state.isDown = true
    state.nowMs += 2 * MAX_AGE_MS
    expect(await revisionOf(rules)).toBe(2)
  })

  it('never goes back to an earlier revision', async () => {
    const { rules, state, pass } = isolate(published(5, ONE))
    await rules.stage(API, STAGE)
    state.documents = published(4, TWO)
    await pass(MAX_AGE_MS)
    expect(await revisionOf(rules)).toBe(5)
  })

  it('keeps the last good rules while KV is down, and catches up after', async () => {
    const { rules, state, pass } = isolate(published(1, ONE))
    await rules.stage(API, STAGE)
    state.isDown = true
    state.documents = published(2, TWO)
    await pass(MAX_AGE_MS)
    expect(await revisionOf(rules)).toBe(1)
    state.isDown = false
    await pass(MAX_AGE_MS)
    expect(await revisionOf(rules)).toBe(2)
  })

  it('keeps the last good rules when a document has a schema that it does not know', async () => {
    const { rules, state, pass } = isolate(published(1, ONE))
    await rules.stage(API, STAGE)
    state.documents = { ...published(2, TWO), [stageKey(API, STAGE)]: { ...stageAt(2, TWO), schema: 99 } }
    await pass(MAX_AGE_MS)
    expect(await revisionOf(rules)).toBe(1)
  })

  it('reads a deployment that was written as one line of JSON', async () => {
    const { rules } = isolate({ ...published(1, ONE), [deploymentKey(API, ONE)]: deploymentAt(ONE) })
    expect((await rules.stage(API, STAGE))?.deployment.document.deploymentId).toBe(ONE)
  })

  it('keeps the last good rules when a deployment has a schema that it does not know, or is no JSON', async () => {
    const { rules, state, pass } = isolate(published(1, ONE))
    await rules.stage(API, STAGE)
    for (const broken of [JSON.stringify({ ...deploymentAt(TWO), schema: 99 }), '{"schema":1,', '', 'null']) {
      state.documents = { ...published(2, TWO), [deploymentKey(API, TWO)]: broken }
      await pass(MAX_AGE_MS)
      expect(await revisionOf(rules)).toBe(1)
    }
  })

  it('says that rules are unavailable when KV is down and nothing is held', async () => {
    const { rules, state } = isolate(published(1, ONE))
    state.isDown = true
    await expect(rules.stage(API, STAGE)).rejects.toBeInstanceOf(RulesUnavailable)
  })

  it('asks the Ledger for a deployment that KV does not show yet', async () => {
    const key = deploymentKey(API, ONE)
    const { rules } = isolate({ [stageKey(API, STAGE)]: stageAt(1, ONE) }, { [key]: deploymentAt(ONE) })
    expect((await rules.stage(API, STAGE))?.deployment.document.deploymentId).toBe(ONE)
  })

  it('serves the held stage while a new one points at a deployment that nobody has', async () => {
    const { rules, state, pass } = isolate(published(1, ONE))
    await rules.stage(API, STAGE)
    state.documents = { [stageKey(API, STAGE)]: stageAt(2, TWO) }
    await pass(MAX_AGE_MS)
    expect(await revisionOf(rules)).toBe(1)
  })

  it('asks again at once for a stage that was not there', async () => {
    const { rules, state } = isolate({})
    expect(await revisionOf(rules)).toBeNull()
    state.documents = published(1, ONE)
    state.nowMs += MAX_AGE_MS
    expect(await revisionOf(rules)).toBe(1)
  })

  it('finds a domain by its name before its wildcard', async () => {
    const exact = { schema: 1, domainName: 'api.example.com', basePathMappings: [] }
    const wildcard = { schema: 1, domainName: '*.example.com', basePathMappings: [] }
    const { rules } = isolate({ [domainKey('api.example.com')]: exact, [domainKey('*.example.com')]: wildcard })
    expect((await rules.domain('api.example.com'))?.domainName).toBe('api.example.com')
    expect((await rules.domain('other.example.com'))?.domainName).toBe('*.example.com')
    expect(await rules.domain('example.com')).toBeNull()
  })

  it('gives Amazon\'s defaults when no account was published', async () => {
    const { rules } = isolate({})
    expect((await rules.account()).throttle).toEqual({ rateLimit: 10_000, burstLimit: 5_000 })
  })
})
