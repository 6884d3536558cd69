import type { Ports } from '../ports.ts'
import type { FunctionCall } from '../semantics/integrations/functions/function-call.ts'
import { readStreamPrelude, type StreamPrelude } from '../semantics/integrations/functions/stream-prelude.ts'
import type { IntegrationResponse, Matched } from './exchange.ts'
import { badGateway, refuseFailure } from './integration-refusals.ts'
import { GatewayRefusal } from './refusal.ts'
import { streamBounds } from './stream-bounds.ts'

/** Step 11 for AWS_PROXY with `responseTransferMode: STREAM` (aws-rest 6.10): the metadata first, then bytes as the function writes them. */
export async function integrateFunctionStream(matched: Matched, call: FunctionCall, ports: Ports): Promise<IntegrationResponse> {
  const sentAtMs = ports.clock.nowMs()
  const outcome = await ports.functions.stream({ ...call, ...streamBounds(matched, ports) })
  if (outcome.kind !== 'streaming') throw refuseFailure(outcome)
  const opened = await readPrelude(outcome.body.getReader()).catch((error: unknown) => {
    if (ports.clock.nowMs() - sentAtMs >= call.timeoutMs) throw new GatewayRefusal('INTEGRATION_TIMEOUT', { note: 'the function wrote no metadata in time' })
    throw badGateway(error instanceof Error ? error.message : String(error))
  })
  if (typeof opened === 'string') throw new GatewayRefusal('DEFAULT_5XX', { statusCode: 500, note: `Malformed Lambda streaming response: ${opened}` })
  const headers = new Headers()
  for (const [name, value] of opened.prelude.headers) headers.append(name, value)
  return { statusCode: opened.prelude.statusCode, headers, body: opened.payload, latencyMs: ports.clock.nowMs() - sentAtMs, integrationStatus: outcome.statusCode }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** Reads up to the payload; a text says what is wrong with the metadata. */
async function readPrelude(reader: Reader): Promise<{ readonly prelude: StreamPrelude; readonly payload: ReadableStream<Uint8Array> } | string> {
  let bytes = new Uint8Array(0)
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return 'the stream ended before its metadata did'
    const both = new Uint8Array(bytes.byteLength + value.byteLength)
    both.set(bytes)
    both.set(value, bytes.byteLength)
    bytes = both
    const reading = readStreamPrelude(bytes)
    if (reading.kind === 'whole') return { prelude: reading.prelude, payload: restOf(reader, bytes.subarray(reading.payloadStart)) }
    if (reading.kind === 'malformed') {
      await reader.cancel()
      return reading.cause
    }
  }
}

/** What was read beyond the metadata, then the rest. */
function restOf(reader: Reader, first: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (first.byteLength > 0) controller.enqueue(first)
      },
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
