import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import type { Call, Command } from '../command.ts'
import { createControlClient } from '../control/control-client.ts'
import { announceGateway, createDevToken } from '../dev/dev-token.ts'
import type { PreparedRules } from '../dev/publication.ts'
import { preparePush, publishFolder, type PublishTargets } from '../dev/publish-folder.ts'
import { createPublisher } from '../dev/publisher.ts'
import { printLog } from '../dev/print-log.ts'
import { startRulesThread, type RulesThread } from '../dev/rules-thread.ts'
import type { Runtime } from '../dev/runtime.ts'
import { watchFolder } from '../dev/watch-folder.ts'
import { printProblems } from '../print-problems.ts'

const CREDENTIALS_KEY = 'CREDENTIALS_KEY'

/** `stagedoor dev` */
export const dev: Command = {
  name: 'dev',
  summary: 'Runs the gateway on this machine and publishes a rule folder, again whenever a file of it changes.',
  usage: 'dev [--rules DIR] [--port N] [--host H] [--var NAME=VALUE ...] [--worker FILE ...] [--persist-to DIR] [--json]',
  details:
    'Runs the real Worker in workerd with local KV and Durable Objects. Prints "Ready on URL" when requests are answered by the rules. A change that does not compile\n' +
    'is reported and the last good rules keep serving. Ends with Ctrl-C. With --json, log lines are printed as they are.',
  operands: { min: 0, max: 0 },
  options: [
    { name: 'rules', value: 'DIR', summary: 'the rule folder; "rules" unless given' },
    { name: 'port', value: 'N', summary: 'the port; 8787 unless given, 0 lets the system choose' },
    { name: 'host', value: 'H', summary: 'the address to listen on; 127.0.0.1 unless given' },
    { name: 'var', value: 'NAME=VALUE', summary: "a variable of the Worker, and of ${env.NAME} in rule files", isRepeatable: true },
    { name: 'worker', value: 'FILE', summary: 'wrangler.toml of a Worker to run beside the gateway, on the port of its [dev] section if it has one', isRepeatable: true },
    { name: 'persist-to', value: 'DIR', summary: 'keep KV and Durable Objects there; they are forgotten unless given' },
  ],
  run: runDev,
}

async function runDev(call: Call): Promise<number> {
  const options = readOptions(call)
  if (typeof options === 'string') {
    call.terminal.err(`${call.terminal.paint('red', 'error')}: ${options}`)
    return 1
  }
  const { token, secret } = createDevToken()
  const env = { ...call.env, ...options.vars }
  // The rules compile in a thread while the runtime starts in processes of its own. Its code is loaded here, after the thread has begun: that takes a while, too.
  const thread = startRulesThread({ directory: options.rules, env, credentialsKey: options.vars[CREDENTIALS_KEY] })
  const firstRules = thread.load()
  // What goes wrong here goes wrong again where the rules are published, and is told there.
  void firstRules.then(preparePush).catch(() => {})
  const { startRuntime } = await import('../dev/runtime.ts')
  const runtime = await startRuntime({
    companionConfigs: call.texts('worker').map((file) => resolve(call.directory, file)),
    host: options.host,
    port: options.port,
    vars: { CONTROL_TOKENS: secret, ...options.vars },
    persistTo: options.persistTo,
    onLog: ({ message }) => printLog(message, call.json, call.terminal),
  })
  const url = runtime.url.origin
  const targets: PublishTargets = {
    client: createControlClient({ url, token }),
    publisher: createPublisher(runtime.rules),
    env,
  }
  await publishRules(await firstRules, { options, targets, call })
  const stopWatching = watchFolder(options.rules, async () => publishRules(await thread.load(), { options, targets, call }))
  const withdraw = await announceGateway(call.directory, url, token)
  if (withdraw === null) call.terminal.err(call.terminal.paint('yellow', 'This folder takes no files: the other commands will not find this gateway.'))
  for (const companion of runtime.companions) call.terminal.out(`${companion.name} on ${companion.url.origin}`)
  call.terminal.out(`Ready on ${url}`)
  await untilAsked(call.env)
  stopWatching()
  await withdraw?.()
  await stop(runtime, thread)
  return 0
}

interface DevOptions {
  readonly rules: string
  readonly rulesShown: string
  readonly port: number
  readonly host: string
  readonly vars: Readonly<Record<string, string>>
  readonly persistTo: string | null
}

function readOptions(call: Call): DevOptions | string {
  const rulesShown = call.text('rules') ?? 'rules'
  const rules = resolve(call.directory, rulesShown)
  if (!existsSync(rules)) return `there is no folder ${rulesShown}; --rules DIR names the rule folder`
  const port = Number(call.text('port') ?? 8787)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return `--port takes a number from 0 to 65535, not ${call.text('port')}`
  // The gateway on this machine forgets what it is told, so any key will do to seal the secrets of credentials.json with.
  const vars: Record<string, string> = { [CREDENTIALS_KEY]: call.env[CREDENTIALS_KEY] ?? 'development' }
  for (const assignment of call.texts('var')) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/su.exec(assignment) ?? []
    if (name === undefined || value === undefined) return `--var takes NAME=VALUE, not ${assignment}`
    vars[name] = value
  }
  const persist = call.text('persist-to')
  return { rules, rulesShown, port, host: call.text('host') ?? '127.0.0.1', vars, persistTo: persist === null ? null : resolve(call.directory, persist) }
}

interface Publication {
  readonly options: DevOptions
  readonly targets: PublishTargets
  readonly call: Call
}

/** Publishes what compiled; a folder with errors is reported and changes nothing. */
async function publishRules(loaded: PreparedRules, { options, targets, call: { terminal } }: Publication): Promise<void> {
  if (loaded.kind === 'unreadable') {
    terminal.err(`${terminal.paint('red', 'error')}: ${loaded.message}`)
    return
  }
  printProblems(loaded.problems, options.rulesShown, terminal)
  const { publication } = loaded
  const published = publication === null ? null : await publishFolder(publication, targets)
  if (publication === null || published === null || published.kind === 'failed') {
    const why = published?.kind === 'failed' ? `${published.message}: nothing` : 'Nothing'
    terminal.err(terminal.paint('red', `${why} was published; the last good rules keep serving.`))
    return
  }
  const { stages } = publication
  const how = published.kind === 'written' ? ', without history: the folder is too large for the control API' : ''
  terminal.out(`Published ${stages.length === 0 ? 'no stage' : stages.join(', ')}${how}`)
}

/** How often to look whether npm, which started this process, is still there. */
const PARENT_CHECK_MS = 500

/** Waits for a signal; or, under npm or npx, for their end: they pass on no signal that kills them, and would leave this process and its port behind. */
function untilAsked(env: Call['env']): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    if (env['npm_command'] === undefined) return
    const parent = process.ppid
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      resolve()
    }, PARENT_CHECK_MS)
    timer.unref()
  })
}

async function stop(runtime: Runtime, thread: RulesThread): Promise<void> {
  await Promise.all([runtime.dispose(), thread.stop()])
}
