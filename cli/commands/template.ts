import path from 'node:path'
import { NO_OVERRIDES } from '../../worker/semantics/templates/read-overrides.ts'
import type { Overrides, TemplateScope } from '../../worker/semantics/templates/template-scope.ts'
import type { TemplateProblem } from '../../worker/semantics/templates/syntax.ts'
import type { Call, Command } from '../command.ts'
import { loadRules } from '../load-rules.ts'
import { printProblems } from '../print-problems.ts'
import { readText } from '../read-rule-folder.ts'
import { findMethodTemplate, type MethodTemplate, type TemplateName } from '../templates/method-template.ts'
import { takePathParameters } from '../templates/path-parameters.ts'
import { EMPTY_SCOPE, readAnswer, readEvent, type TemplateEvent } from '../templates/read-event.ts'
import { toSampleContext, type SampleMethod } from '../templates/sample-context.ts'
import { tryTemplate, type TriedTemplate } from '../templates/try-template.ts'

/** `stagedoor template` */
export const template: Command = {
  name: 'template',
  summary: 'Renders a mapping template on this machine: its output, what it overrides, and what a client could do to it.',
  usage: 'template FILE | template API METHOD PATH [--response STATUS] [--type TYPE] [--event FILE] [--answer FILE] [--rules DIR] [--stage STAGE] [--strict] [--json]',
  details:
    'FILE holds a template. API METHOD PATH takes it from the rule folder: the request template, or with --response that of an integration response ("default" or its\n' +
    'status), for which the request template runs first, so that its overrides are seen. The event is a scope (body, params, context, stageVariables), an event of a\n' +
    'Lambda proxy, a recorded HTTP request, or just a body. Exit code 1 when the template fails, and with --strict when there is a warning.',
  operands: { min: 1, max: 3 },
  options: [
    { name: 'event', value: 'FILE', summary: 'the request; an empty one unless given' },
    { name: 'answer', value: 'FILE', summary: 'what the integration answered, for a response template: a recorded HTTP response, or just a body' },
    { name: 'response', value: 'STATUS', summary: 'the response template of that status, or of "default"' },
    { name: 'type', value: 'TYPE', summary: 'the content type that the template is kept under; the only one, or application/json, unless given' },
    { name: 'rules', value: 'DIR', summary: 'the rule folder; "rules" unless given' },
    { name: 'stage', value: 'STAGE', summary: 'the stage whose variables the template sees' },
    { name: 'strict', value: null, summary: 'makes a warning an error' },
  ],
  run: runTemplate,
}

/** A failed preparation: what to tell, in words. */
type Failure = { readonly failure: string }

async function runTemplate(call: Call): Promise<number> {
  const event = await readEventOption(call)
  if ('failure' in event) return refuse(call, event.failure)
  const answer = call.text('answer')
  const answerText = answer === null ? null : await readText(path.resolve(call.directory, answer))
  if (typeof answerText === 'object' && answerText !== null) return refuse(call, answerText.message)
  const work = call.operands.length === 1 ? await prepareFile(call, event) : await prepareMethod(call, event)
  if ('failure' in work) return refuse(call, work.failure)
  const scope = answerText === null ? work.scope : { ...work.scope, body: readAnswer(answerText) }
  return report(call, work.title, tryTemplate(work.source, scope))
}

async function readEventOption(call: Call): Promise<TemplateEvent | Failure> {
  const file = call.text('event')
  if (file === null) return { readAs: 'body', scope: EMPTY_SCOPE, path: null }
  const text = await readText(path.resolve(call.directory, file))
  if (typeof text === 'object') return { failure: text.message }
  const event = readEvent(text)
  return 'problem' in event ? { failure: `${file}: ${event.problem}` } : event
}

type Work = { readonly source: string; readonly title: string; readonly scope: TemplateScope }

async function prepareFile(call: Call, event: TemplateEvent): Promise<Work | Failure> {
  const [file = ''] = call.operands
  const misplaced = ['response', 'type', 'stage'].find((name) => call.text(name) !== null)
  if (misplaced !== undefined) return { failure: `--${misplaced} is for a template of the rule folder: template API METHOD PATH` }
  const source = await readText(path.resolve(call.directory, file))
  if (typeof source === 'object') return { failure: source.message }
  return { source, title: file, scope: { ...event.scope, context: toSampleContext(event.scope.context) } }
}

async function prepareMethod(call: Call, event: TemplateEvent): Promise<Work | Failure> {
  const [apiId = '', method = '', resourcePath] = call.operands
  if (resourcePath === undefined) return { failure: 'an argument is missing: template API METHOD PATH' }
  const directory = call.text('rules') ?? 'rules'
  const loaded = await loadRules(path.resolve(call.directory, directory), call.env)
  if (loaded.kind === 'unreadable') return { failure: loaded.message }
  if (loaded.rules === null) {
    printProblems(loaded.problems.filter(({ severity }) => severity === 'error'), directory, call.terminal)
    return { failure: `${directory} has errors` }
  }
  const name: TemplateName = { apiId, method: method.toUpperCase(), path: resourcePath, response: call.text('response'), contentType: call.text('type') }
  const found = findMethodTemplate(loaded.rules, name)
  if ('problem' in found) return { failure: found.problem }
  const stage = call.text('stage')
  const variables = stage === null ? {} : loaded.rules.stages.find((each) => each.apiId === apiId && each.stageName === stage)?.variables
  if (variables === undefined) return { failure: `${apiId} has no stage ${stage}` }
  const { accountId } = loaded.rules.account
  const sample = { apiId, accountId, stage: stage ?? 'stage', httpMethod: name.method, resourceId: found.resourceId, resourcePath }
  return withEarlier(found, toMethodScope(event, sample, variables))
}

function toMethodScope(event: TemplateEvent, sample: SampleMethod, variables: Readonly<Record<string, string>>): TemplateScope {
  const { scope } = event
  const fromPath = event.path === null ? {} : takePathParameters(event.path, sample.resourcePath, sample.stage)
  return {
    ...scope,
    params: { ...scope.params, path: { ...fromPath, ...scope.params.path } },
    context: toSampleContext(scope.context, sample),
    stageVariables: { ...variables, ...scope.stageVariables },
  }
}

/** Runs the request template of the method first, as the gateway does, for the overrides that it sets. */
function withEarlier(found: MethodTemplate, scope: TemplateScope): Work | Failure {
  const { source, title } = found
  if (!found.isResponse || scope.overrides !== undefined) return { source, title, scope }
  if (found.earlier === null) return { source, title, scope: { ...scope, overrides: NO_OVERRIDES } }
  const earlier = tryTemplate(found.earlier, scope)
  if (earlier.ok) return { source, title, scope: { ...scope, overrides: earlier.overrides } }
  const [problem] = earlier.problems
  return { failure: `the request template fails before the response template can run: ${problem?.line}:${problem?.column} ${problem?.message}` }
}

function refuse(call: Call, message: string): number {
  if (call.json) call.terminal.out(JSON.stringify({ ok: false, problems: [{ message }], warnings: [] }, null, 2))
  else call.terminal.err(`${call.terminal.paint('red', 'error')}: ${message}`)
  return 1
}

function report(call: Call, title: string, tried: TriedTemplate): number {
  const isGood = tried.ok && (tried.warnings.length === 0 || !call.flag('strict'))
  if (call.json) call.terminal.out(JSON.stringify(tried, null, 2))
  else {
    if (tried.ok) call.terminal.out(tried.text.replace(/\n$/u, ''))
    else for (const problem of tried.problems) call.terminal.err(`${placeOf(title, problem)} ${call.terminal.paint('red', 'error:')} ${problem.message}`)
    for (const line of tried.ok ? describeOverrides(tried.overrides) : []) call.terminal.err(line)
    for (const warning of tried.warnings) call.terminal.err(`${placeOf(title, warning)} ${call.terminal.paint('yellow', 'warning:')} ${warning.message}`)
  }
  return isGood ? 0 : 1
}

function placeOf(title: string, { line, column }: TemplateProblem): string {
  return `${title}:${line}:${column}`
}

/** Overrides as lines, in the words of the template: `$context.requestOverride.header.X = v`. */
function describeOverrides({ requestOverride, responseOverride }: Overrides): string[] {
  const { status, custom, header } = responseOverride
  const groups: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['requestOverride.path', requestOverride.path],
    ['requestOverride.header', requestOverride.header],
    ['requestOverride.querystring', requestOverride.querystring],
    ['requestOverride', requestOverride.custom],
    ['responseOverride.header', header],
    ['responseOverride', { ...(status === undefined ? {} : { status }), ...custom }],
  ]
  return groups.flatMap(([group, members]) => Object.entries(members).map(([name, value]) => `$context.${group}.${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`))
}
