import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type Integration, type RunningApi } from './start-api.ts'

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine'
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution'
const WORKER = path.join(import.meta.dirname, '..', '..', '..', 'examples', 'state-machines', 'wrangler.toml')

/** Passes what the client sends to Step Functions; the client's status is that of the service. */
const states = (action: string): Integration => ({
  type: 'aws',
  httpMethod: 'POST',
  uri: `arn:aws:apigateway:us-east-1:states:action/${action}`,
  timeoutInMillis: 29_000,
  responses: { default: { statusCode: '200' }, '4\\d{2}': { statusCode: '400' } },
})

let api: RunningApi

beforeAll(async () => {
  api = await startApi(
    { 'POST /start': states('StartExecution'), 'POST /sync': states('StartSyncExecution'), 'POST /describe': states('DescribeExecution'), 'POST /stop': states('StopExecution'), 'POST /list': states('ListExecutions') },
    {
      account: { stateMachines: { adoption: { workflow: 'ADOPTION' }, quick: { workflow: 'ADOPTION', type: 'EXPRESS' }, gone: { workflow: 'NOWHERE' } } },
      args: ['--worker', WORKER],
    },
  )
})

afterAll(() => api.stop())

interface Told {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function call(action: string, input: Readonly<Record<string, unknown>>): Promise<Told> {
  const response = await api.ask(`/${action}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) })
  return { status: response.status, body: (await response.json()) as Told['body'] }
}

const start = (name: string, input: object, machine = 'adoption'): Promise<Told> => call('start', { stateMachineArn: `${MACHINE}:${machine}`, name, input: JSON.stringify(input) })
const describeOf = (name: string): Promise<Told> => call('describe', { executionArn: `${EXECUTION}:adoption:${name}` })
const statusOf = async (name: string): Promise<unknown> => (await describeOf(name)).body['status']
const REX = { petId: 'rex', applicant: 'alice' }

describe('an embedded state machine', () => {
  it('runs: started, described while it runs and when it has succeeded', async () => {
    const started = await start('one', REX)
    expect(started).toEqual({ status: 200, body: { executionArn: `${EXECUTION}:adoption:one`, startDate: expect.any(Number) as number } })
    expect(Math.abs(Number(started.body['startDate']) * 1000 - Date.now())).toBeLessThan(60_000)
    await expect.poll(() => statusOf('one'), { timeout: 60_000 }).toBe('SUCCEEDED')
    expect((await describeOf('one')).body).toMatchObject({
      executionArn: `${EXECUTION}:adoption:one`, stateMachineArn: `${MACHINE}:adoption`, name: 'one', startDate: started.body['startDate'], stopDate: expect.any(Number) as number,
      input: JSON.stringify(REX), output: '{"certificate":"alice adopts rex","petId":"rex"}',
    })
  })

  it('fails with error and cause', async () => {
    await start('failing', { petId: 'rex' })
    await expect.poll(() => statusOf('failing'), { timeout: 60_000 }).toBe('FAILED')
    const { body } = await describeOf('failing')
    expect(body).toMatchObject({ error: expect.any(String) as string, cause: expect.stringContaining('names a petId and an applicant') as string })
    expect(body).not.toHaveProperty('output')
  })

  it('is started once under a name: the same input while it runs is the same execution, another input is refused', async () => {
    const patient = { petId: 'patience', applicant: 'alice' }
    const first = await start('twice', patient)
    expect(await start('twice', patient)).toEqual(first)
    expect(await start('twice', REX)).toEqual({ status: 400, body: { __type: 'com.amazonaws.swf.service.v2.model#ExecutionAlreadyExists', message: `Execution Already Exists: '${EXECUTION}:adoption:twice'` } })
    expect(await statusOf('twice')).toBe('RUNNING')
  })

  it('refuses the name of an execution that has ended, whatever the input', async () => {
    await start('ended', REX)
    await expect.poll(() => statusOf('ended'), { timeout: 60_000 }).toBe('SUCCEEDED')
    expect(await start('ended', REX)).toMatchObject({ status: 400, body: { __type: expect.stringContaining('ExecutionAlreadyExists') as string } })
  })

  it('has the same execution names in another machine on the same Workflow', async () => {
    await start('shared', REX)
    expect((await start('shared', REX, 'quick')).body['executionArn']).toMatch(/:express:quick:shared:[0-9a-f-]{36}$/u)
  })

  it('stops, with error and cause; stopping again changes nothing', async () => {
    await start('stopped', { petId: 'patience', applicant: 'alice' })
    const stopped = await call('stop', { executionArn: `${EXECUTION}:adoption:stopped`, error: 'Changed', cause: 'our mind' })
    expect(stopped).toEqual({ status: 200, body: { stopDate: expect.any(Number) as number } })
    expect((await describeOf('stopped')).body).toMatchObject({ status: 'ABORTED', error: 'Changed', cause: 'our mind', stopDate: stopped.body['stopDate'] })
    expect(await call('stop', { executionArn: `${EXECUTION}:adoption:stopped` })).toEqual(stopped)
  })

  it('that is express may be waited for; it answers 200 when it fails, too', async () => {
    const ask = (input: object): Promise<Told> => call('sync', { stateMachineArn: `${MACHINE}:quick`, input: JSON.stringify(input) })
    expect(await ask(REX)).toMatchObject({ status: 200, body: { status: 'SUCCEEDED', output: '{"certificate":"alice adopts rex","petId":"rex"}', input: JSON.stringify(REX), stateMachineArn: `${MACHINE}:quick`, startDate: expect.any(Number) as number, stopDate: expect.any(Number) as number } })
    const failed = await ask({})
    expect(failed).toMatchObject({ status: 200, body: { status: 'FAILED', cause: expect.stringContaining('names a petId') as string } })
    expect(failed.body).not.toHaveProperty('output')
  })
})

describe('a call that Step Functions would refuse', () => {
  const rows = [
    { name: 'an unknown machine', action: 'start', input: { stateMachineArn: `${MACHINE}:nobody` }, error: ['StateMachineDoesNotExist', `State Machine Does Not Exist: '${MACHINE}:nobody'`] },
    { name: 'a machine whose Workflow is not there', action: 'start', input: { stateMachineArn: `${MACHINE}:gone` }, error: ['StateMachineDoesNotExist', null] },
    { name: 'an unknown execution, described', action: 'describe', input: { executionArn: `${EXECUTION}:adoption:nobody` }, error: ['ExecutionDoesNotExist', `Execution Does Not Exist: '${EXECUTION}:adoption:nobody'`] },
    { name: 'an unknown execution, stopped', action: 'stop', input: { executionArn: `${EXECUTION}:adoption:nobody` }, error: ['ExecutionDoesNotExist', `Execution Does Not Exist: '${EXECUTION}:adoption:nobody'`] },
    { name: 'an execution of an unknown machine', action: 'describe', input: { executionArn: `${EXECUTION}:nobody:x` }, error: ['ExecutionDoesNotExist', null] },
    { name: 'what is no ARN', action: 'start', input: { stateMachineArn: 'adoption' }, error: ['InvalidArn', "Invalid Arn: 'Invalid ARN prefix: adoption'"] },
    { name: 'an express execution, described', action: 'describe', input: { executionArn: 'arn:aws:states:us-east-1:123456789012:express:quick:n:1' }, error: ['InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'"] },
    { name: 'a name with a blank', action: 'start', input: { stateMachineArn: `${MACHINE}:adoption`, name: 'a b' }, error: ['InvalidName', "Invalid Name: 'a b'"] },
    { name: 'input that is no JSON', action: 'start', input: { stateMachineArn: `${MACHINE}:adoption`, input: 'not' }, error: ['InvalidExecutionInput', null] },
    { name: 'empty input', action: 'start', input: { stateMachineArn: `${MACHINE}:adoption`, input: '' }, error: ['InvalidExecutionInput', "Invalid State Machine Execution Input: 'Invalid execution input.'"] },
    { name: 'a standard machine that is waited for', action: 'sync', input: { stateMachineArn: `${MACHINE}:adoption` }, error: ['StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine'] },
    { name: 'another operation', action: 'list', input: { stateMachineArn: `${MACHINE}:adoption` }, error: ['UnknownOperationException', null] },
  ] as const
  it.each(rows)('$name', async ({ action, input, error: [code, message] }) => {
    const { status, body } = await call(action, input)
    expect([status, String(body['__type']).replace(/^.*#/u, '')]).toEqual([400, code])
    expect(body['message']).toBe(message ?? body['message'])
  })
})
