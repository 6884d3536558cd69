import { NO_OVERRIDES } from '../../worker/semantics/templates/read-overrides.ts'
import type { RuleSet } from '../../worker/semantics/rules/rule-set.ts'
import { findMethodTemplate, parseTemplateName } from './method-template.ts'
import { readScope } from './read-event.ts'
import { toSampleContext } from './sample-context.ts'
import type { TemplateCase } from './template-case.ts'
import { tryTemplate } from './try-template.ts'

/** What came of a golden file; `text` and `overrides` are what came out, in the words of the file. */
export type CaseOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly text: string; readonly overrides: unknown; readonly what: 'output' | 'overrides' }
  | { readonly kind: 'broken'; readonly problem: string }

/** The rules that a golden file may name a method of; null when the folder has errors. */
export type CaseRules = { readonly apiId: string; readonly rules: RuleSet | null }

/** Runs one golden file. */
export function runTemplateCase(wanted: TemplateCase, from: CaseRules): CaseOutcome {
  const event = readScope(wanted.scope)
  if ('problem' in event) return { kind: 'broken', problem: `its scope is wrong: ${event.problem}` }
  const template = findTemplate(wanted.template, from)
  if ('problem' in template) return { kind: 'broken', problem: template.problem }
  const scope = { ...event.scope, context: toSampleContext(event.scope.context, template.sample) }
  const tried = tryTemplate(template.source, template.isResponse && scope.overrides === undefined ? { ...scope, overrides: NO_OVERRIDES } : scope)
  if (!tried.ok) {
    const text = tried.problems.map(({ line, column, message }) => `error ${line}:${column}: ${message}`).join('\n')
    return text === wanted.expected && wanted.overrides === undefined ? { kind: 'passed' } : { kind: 'failed', text, overrides: {}, what: 'output' }
  }
  const { text, overrides } = tried
  if (text !== wanted.expected) return { kind: 'failed', text, overrides, what: 'output' }
  if (wanted.overrides === undefined || toSortedJson(overrides) === toSortedJson(wanted.overrides)) return { kind: 'passed' }
  return { kind: 'failed', text, overrides, what: 'overrides' }
}

type FoundTemplate = { readonly source: string; readonly isResponse: boolean; readonly sample?: Parameters<typeof toSampleContext>[1] }

/** The template itself, or the one of the method that the first part of the file names. */
function findTemplate(part: string, { apiId, rules }: CaseRules): FoundTemplate | { readonly problem: string } {
  const name = parseTemplateName(apiId, part)
  if (name === null) return { source: part, isResponse: false }
  if (rules === null) return { problem: 'it names a method, and the rule folder has errors: see stagedoor validate' }
  const found = findMethodTemplate(rules, name)
  if ('problem' in found) return found
  const { accountId } = rules.account
  return { source: found.source, isResponse: found.isResponse, sample: { apiId, accountId, stage: 'stage', httpMethod: name.method, resourceId: found.resourceId, resourcePath: name.path } }
}

/** JSON in which the order of members does not matter. */
function toSortedJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
