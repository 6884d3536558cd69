import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../../cli/commands.ts'
import { runCommand } from '../../../../cli/run-command.ts'

const API = {
  openapi: '3.0.3',
  info: { title: 'Orders', version: '1' },
  paths: {
    '/orders/{id}': {
      post: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'ok' }, 404: { description: 'none' } },
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: {
            'application/json': "#set($context.requestOverride.header.X-Order = $input.params('id'))\n{\"statusCode\": 200}",
            'text/plain': '{"statusCode": 404}',
          },
          responses: {
            default: { statusCode: '200', responseTemplates: { 'application/json': '{"order": "$context.requestOverride.header.X-Order", "table": "$stageVariables.table", "answer": $input.json(\'$\')}' } },
            '404': { statusCode: '404', responseTemplates: { 'application/json': '{"message": "$input.path(\'$.m\')"}' } },
          },
        },
      },
    },
  },
}

const roots: string[] = []

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true })
})

/** A folder with the given files; objects are written as JSON. */
function folder(files: Readonly<Record<string, unknown>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'stagedoor-'))
  roots.push(root)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}

async function run(directory: string, ...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), paint: (_colour: string, text: string) => text }
  const code = await runCommand(argv, COMMANDS, { terminal, env: {}, directory })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const RULES = { 'rules/apis/orders/api.json': API, 'rules/apis/orders/stages/dev.json': { variables: { table: 'orders-dev' } } }
const REQUEST = 'POST /dev/orders/7 HTTP/1.1\nContent-Type: application/json\n\n{"a": 1}'

describe('stagedoor template', () => {
  test('renders a file, prints its overrides and its warnings', async () => {
    const root = folder({ 't.vtl': '#set($context.responseOverride.status = 201)\n{"a": "$input.path(\'$.a\')"}\n', 'event.json': '{"a": "x"}' })
    const { code, out, err } = await run(root, 'template', 't.vtl', '--event', 'event.json')
    expect({ code, out }).toEqual({ code: 0, out: '{"a": "x"}' })
    expect(err.split('\n')).toEqual(['$context.responseOverride.status = 201', expect.stringMatching(/^t\.vtl:2:8 warning: \$input\.path\('\$\.a'\) is not escaped/u)])
    expect(await run(root, 'template', 't.vtl', '--event', 'event.json', '--strict')).toMatchObject({ code: 1, out: '{"a": "x"}' })
  })

  test('renders the request template of a method', async () => {
    const root = folder({ ...RULES, 'r.http': REQUEST })
    expect(await run(root, 'template', 'orders', 'post', '/orders/{id}', '--event', 'r.http', '--stage', 'dev')).toEqual({
      code: 0,
      out: '{"statusCode": 200}',
      err: '$context.requestOverride.header.X-Order = 7',
    })
    expect(await run(root, 'template', 'orders', 'POST', '/orders/{id}', '--type', 'text/plain')).toMatchObject({ code: 0, out: '{"statusCode": 404}' })
  })

  test('renders a response template after the request template', async () => {
    const root = folder({ ...RULES, 'r.http': REQUEST, 'answer.http': 'HTTP/1.1 200 OK\nContent-Type: application/json\n\n{"b": 2}' })
    const { code, out } = await run(root, 'template', 'orders', 'POST', '/orders/{id}', '--response', 'default', '--event', 'r.http', '--answer', 'answer.http', '--stage', 'dev')
    expect({ code, out }).toEqual({ code: 0, out: '{"order": "7", "table": "orders-dev", "answer": {"b":2}}' })
  })

  test('prints everything as JSON', async () => {
    const root = folder({ 't.vtl': '{"a": "$input.body"}' })
    const { code, out } = await run(root, 'template', 't.vtl', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, text: '{"a": "{}"}', overrides: { responseOverride: { header: {} } }, warnings: [{ line: 1, column: 8 }] })
  })

  test('a template that does not parse, and one that fails, are errors with their place', async () => {
    const root = folder({ 'a.vtl': '{\n#if(', 'b.vtl': '$input.path("$.[")' })
    expect(await run(root, 'template', 'a.vtl')).toEqual({ code: 1, out: '', err: 'a.vtl:2:5 error: Expected a value (a reference, string, number, true, false, list or map), found the end of the template.' })
    expect(await run(root, 'template', 'b.vtl', '--json')).toMatchObject({ code: 1, out: expect.stringContaining('"ok": false') })
  })

  const wrong: readonly (readonly [name: string, argv: readonly string[], err: RegExp])[] = [
    ['a file that is not there', ['none.vtl'], /none\.vtl does not exist/u],
    ['an event that is not there', ['t.vtl', '--event', 'none.json'], /none\.json does not exist/u],
    ['an answer that is not there', ['t.vtl', '--answer', 'none.json'], /none\.json does not exist/u],
    ['an event that is wrong', ['t.vtl', '--event', 'wrong.json'], /wrong\.json: params\.path\.id/u],
    ['an option of methods with a file', ['t.vtl', '--stage', 'dev'], /--stage is for a template of the rule folder/u],
    ['two words', ['orders', 'POST'], /an argument is missing/u],
    ['no rule folder', ['orders', 'POST', '/x', '--rules', 'none'], /none does not exist/u],
    ['no such API', ['order', 'POST', '/orders/{id}'], /there is no API order; did you mean "orders"\?/u],
    ['no such resource', ['orders', 'POST', '/order/{id}'], /orders has no resource \/order\/\{id\}; did you mean/u],
    ['no such method', ['orders', 'PUT', '/orders/{id}'], /has no method PUT; it has POST/u],
    ['no such response', ['orders', 'POST', '/orders/{id}', '--response', '500'], /no integration response 500; it has 404, 200 \(default\)/u],
    ['no such type', ['orders', 'POST', '/orders/{id}', '--type', 'text/html'], /no template for text\/html; it has application\/json, text\/plain/u],
    ['no such stage', ['orders', 'POST', '/orders/{id}', '--stage', 'prod'], /orders has no stage prod/u],
  ]

  test.each(wrong)('says what is wrong: %s', async (_, argv, message) => {
    const root = folder({ ...RULES, 't.vtl': 'x', 'wrong.json': '{"params": {"path": {"id": 7}}}' })
    const { code, err } = await run(root, 'template', ...argv)
    expect(code).toBe(1)
    expect(err).toMatch(message)
  })
})

describe('stagedoor test', () => {
  const DASHES = '\n----------\n'
  const cases = {
    ...RULES,
    'rules/apis/orders/tests/inline.case': ['$input.params("q")', '{"params": {"querystring": {"q": "x"}}}', 'x'].join(DASHES),
    'rules/apis/orders/tests/request.case': [
      'POST /orders/{id} request application/json',
      '{"params": {"path": {"id": "7"}}}',
      '{"statusCode": 200}',
      '{"responseOverride":{"custom":{},"header":{}},"requestOverride":{"custom":{},"header":{"X-Order":"7"},"path":{},"querystring":{}}}',
    ].join(DASHES),
    'rules/apis/orders/tests/response.case': ['POST /orders/{id} response 404', '{"body": {"m": "none"}}', '{"message": "none"}'].join(DASHES),
    'rules/apis/orders/tests/failing.case': ['$input.path("$.[")', '', 'error 1:7: The JSONPath "$.[" cannot be used: a quoted name, an index, a slice, * or a filter is missing at character 4.'].join(DASHES),
  }

  test('passes when everything comes out as it says', async () => {
    const { code, out, err } = await run(folder(cases), 'test')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toEqual(['ok       orders/failing', 'ok       orders/inline', 'ok       orders/request', 'ok       orders/response', '4 of 4 golden files passed'])
  })

  test('shows what is different, and updates it when asked to', async () => {
    const file = 'rules/apis/orders/tests/wrong.case'
    const root = folder({ ...cases, [file]: ['a\n$input.body', '{"body": "x"}', 'a\ny'].join(DASHES) })
    const failed = await run(root, 'test')
    expect(failed).toMatchObject({ code: 1, err: 'failed   orders/wrong: the output is another\n    a\n  - y\n  + x' })
    expect(failed.out).toContain('4 of 5 golden files passed')
    expect((await run(root, 'test', '--update')).out).toContain('updated  orders/wrong')
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(`${['a\n$input.body', '{"body": "x"}', 'a\nx'].join(DASHES)}\n`)
    expect(await run(root, 'test')).toMatchObject({ code: 0 })
  })

  test('shows overrides that are different', async () => {
    const root = folder({ ...RULES, 'rules/apis/orders/tests/o.case': ['#set($context.responseOverride.status = 201)', '{}', '', '{}'].join(DASHES) })
    const { code, err } = await run(root, 'test')
    expect(code).toBe(1)
    expect(err).toMatch(/the overrides are others/u)
    expect(err).toContain('"status": 201')
  })

  const broken: readonly (readonly [name: string, text: string, problem: RegExp])[] = [
    ['two parts', ['a', '{}'].join(DASHES), /it has 2 parts/u],
    ['five parts', ['a', '{}', 'a', '{}', 'x'].join(DASHES), /it has 5 parts/u],
    ['a scope that is no JSON', ['a', '{', 'a'].join(DASHES), /no JSON/u],
    ['a scope with a wrong member', ['a', '{"bodi": 1}', 'a'].join(DASHES), /its scope is wrong.*bodi/u],
    ['a method that does not exist', ['DELETE /orders/{id} request', '{}', 'a'].join(DASHES), /has no method DELETE/u],
  ]

  test.each(broken)('a broken golden file fails: %s', async (_, text, problem) => {
    const { code, err } = await run(folder({ ...RULES, 'rules/apis/orders/tests/b.case': text }), 'test')
    expect(code).toBe(1)
    expect(err).toMatch(/^broken +orders\/b: /u)
    expect(err).toMatch(problem)
  })

  test('inline templates run even when the rules have errors', async () => {
    const root = folder({
      'rules/apis/orders/api.json': '{"openapi": 7}',
      'rules/apis/orders/tests/a.case': ['x', '{}', 'x'].join(DASHES),
      'rules/apis/orders/tests/b.case': ['POST / request', '{}', 'x'].join(DASHES),
    })
    const { code, out, err } = await run(root, 'test')
    expect({ code, err }).toEqual({ code: 1, err: 'broken   orders/b: it names a method, and the rule folder has errors: see stagedoor validate' })
    expect(out).toContain('ok       orders/a')
  })

  test('prints everything as JSON', async () => {
    const { code, out } = await run(folder(cases), 'test', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, cases: [{ name: 'orders/failing', kind: 'passed' }, {}, {}, {}] })
  })

  test('says so when there is nothing to run, and when there is no folder', async () => {
    expect(await run(folder(RULES), 'test')).toMatchObject({ code: 0, out: 'There are no golden files: apis/API/tests/*.case' })
    expect(await run(folder({}), 'test', 'none')).toMatchObject({ code: 1, err: expect.stringContaining('does not exist') })
  })
})
