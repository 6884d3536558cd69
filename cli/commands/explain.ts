import path from 'node:path'
import type { Call, Command } from '../command.ts'
import { explainRequest } from '../explain/explain-request.ts'
import { renderExplanation } from '../explain/render-explanation.ts'
import { loadRules } from '../load-rules.ts'
import { printProblems } from '../print-problems.ts'

/** `stagedoor explain METHOD URL` */
export const explain: Command = {
  name: 'explain',
  summary: 'Says what a request would meet: host, stage, deployment, resource, method, parameters, integration; and why near misses did not.',
  usage: 'explain METHOD URL [--rules DIR] [--domain DOMAIN] [--json]',
  details: 'Works offline, from the rule folder. A URL without a host is taken for one at http://localhost. Exit code 1 when no method would answer.',
  operands: { min: 2, max: 2 },
  options: [
    { name: 'rules', value: 'DIR', summary: 'the rule folder; "rules" unless given' },
    { name: 'domain', value: 'DOMAIN', summary: 'the domain of default hosts; "execute-api.localhost" unless given' },
  ],
  run: runExplain,
}

const METHOD = /^[A-Z]+$/u

async function runExplain(call: Call): Promise<number> {
  const [method = '', address = ''] = call.operands
  const httpMethod = method.toUpperCase()
  const base = 'http://localhost/'
  if (!METHOD.test(httpMethod)) return fail(`${JSON.stringify(method)} is no method: write GET, POST, ...`, call)
  if (!URL.canParse(address, base)) return fail(`${JSON.stringify(address)} is no URL`, call)
  const directory = call.text('rules') ?? 'rules'
  const loaded = await loadRules(path.resolve(call.directory, directory), call.env)
  if (loaded.kind === 'unreadable') return fail(loaded.message, call)
  if (loaded.rules === null) {
    if (!call.json) printProblems(loaded.problems.filter((problem) => problem.severity === 'error'), directory, call.terminal)
    return fail(`the rules in ${directory} have errors (stagedoor validate ${directory})`, call)
  }
  const executeApiDomain = call.text('domain') ?? 'execute-api.localhost'
  const explanation = explainRequest(loaded.rules, { httpMethod, url: new URL(address, base), executeApiDomain })
  const lines = call.json ? [JSON.stringify(explanation, null, 2)] : renderExplanation(explanation, call.terminal)
  for (const line of lines) call.terminal.out(line)
  return explanation.refusal === null ? 0 : 1
}

function fail(message: string, call: Call): number {
  if (call.json) call.terminal.out(JSON.stringify({ ok: false, message }, null, 2))
  else call.terminal.err(`${call.terminal.paint('red', 'error')}: ${message}`)
  return 1
}
