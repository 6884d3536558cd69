import type { Env as GatewayEnv } from '../../worker/adapters/env.ts'
import type * as gateway from '../../worker/index.ts'

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- the Workers types take the Worker's own from here
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof gateway
    }
    interface Env extends GatewayEnv {}
  }
}
