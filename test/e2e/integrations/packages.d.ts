// The servers of the tests come without types; this is what the tests use of them.
declare module 'dynalite' {
  import type { Server } from 'node:http'
  export default function dynalite(options: { readonly createTableMs?: number }): Server
}
declare module 'kinesalite' {
  import type { Server } from 'node:http'
  export default function kinesalite(options: { readonly createStreamMs?: number }): Server
}
declare module 's3rver' {
  export default class S3rver {
    constructor(options: { readonly port: number; readonly address: string; readonly silent: boolean; readonly directory: string; readonly configureBuckets: readonly { readonly name: string; readonly configs: readonly string[] }[] })
    run(): Promise<{ readonly port: number }>
    close(): Promise<void>
  }
}
