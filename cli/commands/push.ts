import path from 'node:path'
import type { PushAnswer } from '../../kv-schemas/control-api/answers.ts'
import type { Call, Command } from '../command.ts'
import { ATTRIBUTION_OPTIONS, readAttribution } from '../control/attribution.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import type { ControlClient } from '../control/control-client.ts'
import { WAIT_OPTIONS, waitIfAsked } from '../control/wait.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'
import { loadRules } from '../load-rules.ts'
import { printProblems } from '../print-problems.ts'
import { planRules, pushRules } from '../push/push-rules.ts'
import { folderOf, readFolder, refuseProblems } from '../push/read-folder.ts'
import { renderDifference, renderPushed } from '../push/render-plan.ts'
import { writeBulkFile } from '../push/write-bulk-file.ts'

/** `stagedoor push [DIR]` */
export const push: Command = {
  name: 'push',
  summary: 'Publishes a rule folder to a running gateway: drafts of the APIs, stage settings, plans, keys, domains; deploys where asked.',
  usage: 'push [DIR] [--deploy STAGE,...] [--dry-run] [--prune] [--wait] [--out FILE]',
  details:
    'All of the folder or nothing of it: whatever is wrong anywhere, nothing changes. Drafts change no stage until they are deployed; settings of stages apply at once.\n' +
    'A token with the role deploy is enough, unless account, plans, keys, domains or credentials differ: those need admin.',
  operands: { min: 0, max: 1 },
  options: [
    { name: 'deploy', value: 'STAGE,...', summary: 'also deploy to these stages: STAGE in every API, or API/STAGE', isRepeatable: true },
    { name: 'dry-run', value: null, summary: 'say what would differ, and change nothing' },
    { name: 'prune', value: null, summary: 'delete stages and APIs that have no files here' },
    { name: 'out', value: 'FILE', summary: 'write a file for "wrangler kv bulk put" instead; no gateway is needed' },
    ...WAIT_OPTIONS,
    ...ATTRIBUTION_OPTIONS,
    ...CONNECTION_OPTIONS,
  ],
  run: runPush,
}

async function runPush(call: Call): Promise<number> {
  const out = call.text('out')
  if (out !== null) return writeOut(out, call)
  const files = await readFolder(call)
  if (typeof files === 'number') return files
  return withGateway(call, (client) => (call.flag('dry-run') ? showPlan(client, files, call) : pushFolder(client, files, call)))
}

async function pushFolder(client: ControlClient, files: ReadonlyMap<string, string>, call: Call): Promise<number> {
  const deploy = call.texts('deploy').flatMap((words) => words.split(',').filter((word) => word !== ''))
  const outcome = await pushRules(client, files, { env: call.env, deploy, attribution: await readAttribution(call), prune: call.flag('prune') })
  if (outcome.kind !== 'done') return failWith(outcome, call)
  if (call.json) printJson(outcome.value, call)
  else {
    printProblems(outcome.value.warnings, folderOf(call), call.terminal)
    for (const line of renderPushed(outcome.value, call.terminal)) call.terminal.out(line)
  }
  return waitIfAsked(client, stagesToAwait(outcome.value), call)
}

async function showPlan(client: ControlClient, files: ReadonlyMap<string, string>, call: Call): Promise<number> {
  const outcome = await planRules(client, files, call.env)
  if (outcome.kind !== 'done') return failWith(outcome, call)
  if (call.json) {
    printJson(outcome.value, call)
    return 0
  }
  printProblems(outcome.value.warnings, folderOf(call), call.terminal)
  const lines = renderDifference(outcome.value, call.terminal)
  for (const line of lines.length === 0 ? ['Nothing differs.'] : lines) call.terminal.out(line)
  if (outcome.value.documentChanges.length > 0) call.terminal.out('This changes what belongs to the account: it needs a token of the role admin.')
  return 0
}

async function writeOut(out: string, call: Call): Promise<number> {
  const credentialsKey = call.env['CREDENTIALS_KEY']
  const loaded = await loadRules(path.resolve(call.directory, folderOf(call)), call.env, credentialsKey)
  if (loaded.kind === 'unreadable') return fail(loaded.message, call)
  if (loaded.rules === null) return refuseProblems(loaded.problems, call)
  if (loaded.rules.credentials.length > 0 && credentialsKey === undefined) return fail('credentials.json has secrets: set CREDENTIALS_KEY, the one of the gateway, to seal them', call)
  const written = await writeBulkFile(loaded.rules, path.resolve(call.directory, out), Date.now())
  if (typeof written === 'string') return fail(written, call)
  if (call.json) printJson({ ok: true, file: out, documents: written, warnings: loaded.problems }, call)
  else {
    printProblems(loaded.problems, folderOf(call), call.terminal)
    call.terminal.out(`${out}: ${written} documents. wrangler kv bulk put ${out} --binding RULES --remote`)
  }
  return 0
}

/** The stages whose change can be seen: those that run something. */
function stagesToAwait({ apis }: PushAnswer): readonly { readonly apiId: string; readonly stageName: string; readonly revision: number }[] {
  return apis.flatMap(({ apiId, stages }) => stages.filter(({ isChanged, deploymentId }) => isChanged && deploymentId !== null).map(({ stageName, revision }) => ({ apiId, stageName, revision })))
}
