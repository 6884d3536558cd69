/** What a streaming handler writes to. */
export interface ResponseStream {
  write(chunk: string | Uint8Array): Promise<void>
  end(chunk?: string | Uint8Array): Promise<void>
  setContentType(type: string): void
}

/** A handler that writes its answer instead of returning it. */
export type StreamingHandler = (event: unknown, responseStream: ResponseStream, context: unknown) => Promise<void>

/** Marks handlers that were made to stream. */
export const STREAMING: unique symbol = Symbol.for('aws.lambda.runtime.handler.streaming')

/** A handler marked as one that streams. */
export type MarkedHandler = StreamingHandler & { readonly [STREAMING]?: true }

const DELIMITER = new Uint8Array(8)

const runtime = {
  streamifyResponse(handler: StreamingHandler): MarkedHandler {
    return Object.assign((...args: Parameters<StreamingHandler>) => handler(...args), { [STREAMING]: true as const })
  },
  HttpResponseStream: {
    /** Sends the metadata of an answer before its payload. */
    from(stream: ResponseStream, metadata: Readonly<Record<string, unknown>>): ResponseStream {
      const opened = stream.write(JSON.stringify(metadata)).then(() => stream.write(DELIMITER))
      return {
        write: (chunk) => opened.then(() => stream.write(chunk)),
        end: (chunk) => opened.then(() => stream.end(chunk)),
        setContentType: () => undefined,
      }
    },
  },
}

declare global {
  /** The global of Lambda's Node.js runtime. */
  var awslambda: typeof runtime
}

globalThis.awslambda = runtime
