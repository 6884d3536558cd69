import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { COMMANDS } from '../../../cli/commands.ts'
import { parseArguments } from '../../../cli/parse-arguments.ts'

const ROOT = path.join(import.meta.dirname, '..', '..', '..')
const pages = globSync(['README.md', 'docs/*.md', 'docs/ci/*.yml'], { cwd: ROOT })

/** The words of every `stagedoor` command on a page; what a shell would put in for a variable is a word. */
function commandsOn(page: string): string[][] {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  const lines = Array.from(text.matchAll(/npx stagedoor ([^`\n]+)/gu), (found) => found[1] ?? '')
  return lines.map((line) => (line.replace(/\s+(?:#|>|\|\||;;).*$/u, '').match(/'[^']*'|"[^"]*"|\S+/gu) ?? []).map((word) => word.replaceAll(/^['"]|['"]$/gu, '')))
}

for (const page of pages) {
  for (const words of commandsOn(page)) {
    test(`${page}: stagedoor ${words.join(' ')}`, async () => {
      if ((words[0] ?? '').startsWith('--')) return
      const entry = COMMANDS.filter(({ name }) => words.join(' ').startsWith(name)).toSorted((one, other) => other.name.length - one.name.length)[0]
      const parsed = entry === undefined ? { kind: 'wrong', message: 'there is no such command' } : parseArguments(words.slice(entry.name.split(' ').length), await entry.load())
      expect(parsed).toMatchObject({ kind: 'parsed' })
    })
  }
}

test('the workflow is YAML, and asks for no more than it needs', () => {
  const workflow = parse(readFileSync(path.join(ROOT, 'docs/ci/github-actions.yml'), 'utf8')) as { jobs: Record<string, { steps: readonly { run?: string }[] }>; permissions: unknown }
  expect(workflow.permissions).toEqual({ contents: 'read' })
  expect(Object.keys(workflow.jobs)).toEqual(['check', 'deploy', 'by-hand'])
  const scripts = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))
  for (const script of scripts) expect(script, 'inputs travel as variables').not.toContain('${{')
})
