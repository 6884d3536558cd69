import './awslambda.ts'
import { handler as catalog } from './handlers/catalog.ts'
import { handler as gatekeeper } from './handlers/gatekeeper.ts'
import { handler as greeting } from './handlers/greeting.ts'
import { handler as library } from './handlers/library.js'
import { handler as story } from './handlers/story.ts'
import { serveFunctions } from './serve-functions.ts'

/** The functions of this Worker, by the names under which `account.json` knows them. */
export default serveFunctions({
  greeting: { handler: greeting, timeoutSeconds: 3 },
  gatekeeper: { handler: gatekeeper, timeoutSeconds: 3 },
  catalog: { handler: catalog, timeoutSeconds: 10 },
  library: { handler: library, timeoutSeconds: 10 },
  story: { handler: story, timeoutSeconds: 60 },
})
