import { describe, expect, test } from 'vitest'
import { accountSchema } from '../../../kv-schemas/documents/account.ts'
import { createFunctions } from '../../../worker/adapters/functions.ts'
import type { UpstreamOutcome } from '../../../worker/ports.ts'
import { encodeStreamMessage } from '../../../worker/semantics/integrations/functions/event-stream.ts'
import type { FunctionCall, FunctionStreamOutcome } from '../../../worker/semantics/integrations/functions/function-call.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))
const METADATA = '{"statusCode":201,"headers":{"x-a":"b"}}'
const ZEROS = '\0'.repeat(8)
const piece = (text: string): Uint8Array<ArrayBuffer> => encodeStreamMessage({ headers: { ':message-type': 'event', ':event-type': 'PayloadChunk' }, payload: bytes(text) })
const complete = (text = '{}'): Uint8Array<ArrayBuffer> => encodeStreamMessage({ headers: { ':message-type': 'event', ':event-type': 'InvokeComplete' }, payload: bytes(text) })
const exception = encodeStreamMessage({ headers: { ':message-type': 'exception', ':exception-type': 'InternalServerException' }, payload: bytes('{"message":"gone"}') })

/** What the Invoke API sends: pieces, then its end, or nothing more for ever. */
interface Wire {
  readonly pieces: readonly Uint8Array[]
  readonly isOpen?: boolean
  readonly type?: string
  readonly status?: number
}

function answerOf({ pieces, isOpen = false, type = 'application/vnd.amazon.eventstream', status = 200 }: Wire): UpstreamOutcome {
  const left = [...pieces]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift()
      if (next !== undefined) controller.enqueue(next)
      else if (!isOpen) controller.close()
    },
  })
  return { kind: 'answered', response: new Response(body, { status, headers: { 'content-type': type, 'x-amzn-requestid': 'r' } }), body }
}

async function call(wire: Wire, more: Partial<FunctionCall> = {}): Promise<{ readonly outcome: FunctionStreamOutcome; readonly broken: readonly string[] }> {
  const broken: string[] = []
  const functions = createFunctions({
    env: {},
    account: async () => accountSchema.parse({ schema: 1, functions: { talk: { url: 'http://talk.test' } } }),
    send: async () => answerOf(wire),
    aws: () => Promise.reject(new Error('not asked for')),
  })
  const outcome = await functions.stream({
    functionArn: 'talk', payload: '{}', invocationType: 'RequestResponse', identity: { kind: 'gateway' }, timeoutMs: 60_000, apiId: 'a', requestId: 'r', traceId: 't', onBroken: (cause) => void broken.push(cause), ...more,
  })
  return { outcome, broken }
}

async function textOf(outcome: FunctionStreamOutcome): Promise<string> {
  if (outcome.kind !== 'streaming') throw new Error(`no stream: ${JSON.stringify(outcome)}`)
  return new Response(outcome.body).text()
}

describe('a function that streams', () => {
  const all = METADATA + ZEROS + 'hello world'
  const rows: readonly { readonly name: string; readonly wire: Wire }[] = [
    { name: 'its metadata, the zeros and its payload in pieces of their own', wire: { pieces: [piece(METADATA), piece(ZEROS), piece('hello '), piece('world'), complete()] } },
    { name: 'everything in one piece', wire: { pieces: [piece(all), complete()] } },
    { name: 'cut anywhere on the wire', wire: { pieces: Array.from(new Uint8Array([...piece(METADATA + ZEROS + 'hello '), ...piece('world'), ...complete()]), (byte) => Uint8Array.of(byte)) } },
    { name: 'the zeros split', wire: { pieces: [piece(`${METADATA}\0\0\0`), piece('\0\0\0\0\0hello world'), complete()] } },
    { name: 'as a server sends it that knows no events', wire: { pieces: [bytes(all)], type: 'application/octet-stream' } },
  ]
  test.each(rows)('$name', async ({ wire }) => {
    const { outcome, broken } = await call(wire)
    expect(outcome).toMatchObject({ kind: 'streaming', statusCode: 200, prelude: { statusCode: 201, headers: [['x-a', 'b']] } })
    expect(await textOf(outcome)).toBe('hello world')
    expect(broken).toEqual([])
  })

  test('may have no payload', async () => {
    expect(await textOf((await call({ pieces: [piece(METADATA + ZEROS), complete()] })).outcome)).toBe('')
  })
})

describe('a function that fails before its payload', () => {
  const rows: readonly { readonly name: string; readonly wire: Wire; readonly more?: Partial<FunctionCall>; readonly outcome: object }[] = [
    { name: 'with metadata that can not be read', wire: { pieces: [piece(`no JSON${ZEROS}x`), complete()] }, outcome: { kind: 'malformed', cause: 'the metadata is not a JSON object' } },
    { name: 'without an end of its metadata', wire: { pieces: [piece(METADATA), complete()] }, outcome: { kind: 'malformed', cause: 'the stream ended before its metadata did' } },
    { name: 'by an error of its code', wire: { pieces: [complete('{"ErrorCode":"Unhandled","ErrorDetails":"boom"}')] }, outcome: { kind: 'broken', cause: expect.stringContaining('boom') } },
    { name: 'by an exception of Lambda', wire: { pieces: [exception] }, outcome: { kind: 'broken', cause: expect.stringContaining('InternalServerException') } },
    { name: 'by bytes that are no event stream', wire: { pieces: [bytes('<html>an error page of a proxy</html>')] }, outcome: { kind: 'broken', cause: expect.stringContaining('checksum') } },
    { name: 'by silence', wire: { pieces: [piece(METADATA)], isOpen: true }, more: { idleMs: 20 }, outcome: { kind: 'timed-out' } },
    { name: 'by taking too long', wire: { pieces: [piece(METADATA)], isOpen: true }, more: { idleMs: 5_000, totalMs: 20 }, outcome: { kind: 'timed-out' } },
    { name: 'by a status of Lambda', wire: { pieces: [bytes('{"Message":"Function not found"}')], type: 'application/json', status: 404 }, outcome: { kind: 'not-found' } },
  ]
  test.each(rows)('$name', async ({ wire, more, outcome }) => {
    const called = await call(wire, more)
    expect(called.outcome).toMatchObject(outcome)
    // The refusal tells it; the log of a broken answer has nothing to add.
    expect(called.broken).toEqual([])
  })
})

describe('a function that fails in its payload breaks the answer off, and the log is told', () => {
  const rows: readonly { readonly name: string; readonly wire: Wire; readonly more?: Partial<FunctionCall>; readonly cause: string }[] = [
    { name: 'by an error of its code', wire: { pieces: [piece(METADATA + ZEROS + 'half'), complete('{"ErrorCode":"Unhandled","ErrorDetails":"boom"}')] }, cause: 'boom' },
    { name: 'by an end without a word', wire: { pieces: [piece(METADATA + ZEROS + 'half')] }, cause: 'ended before its end was told' },
    { name: 'by silence', wire: { pieces: [piece(METADATA + ZEROS + 'half')], isOpen: true }, more: { idleMs: 500 }, cause: 'stood still for 500 ms' },
  ]
  test.each(rows)('$name', async ({ wire, more, cause }) => {
    const { outcome, broken } = await call(wire, more)
    await expect(textOf(outcome)).rejects.toThrow(cause)
    expect(broken).toEqual([expect.stringContaining(cause)])
  })
})
