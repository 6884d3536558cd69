import { describe, expect, it } from 'vitest'
import { checkAccessLogFormat, compileAccessLog, renderAccessLog } from '../../../../worker/semantics/access-log/access-log.ts'

const CONTEXT = { requestId: 'r-1', status: 200, identity: { sourceIp: '192.0.2.1', user: null }, isCanaryRequest: false, path: '/a\nb', error: { messageString: '"no"' } }

describe('renderAccessLog', () => {
  const rows = [
    { name: 'text and values', format: '$context.identity.sourceIp [$context.requestId] $context.status', line: '192.0.2.1 [r-1] 200' },
    { name: 'a missing value is a dash', format: '$context.identity.user $context.nothing $context.identity', line: '- - -' },
    { name: 'a false is a value', format: '$context.isCanaryRequest', line: 'false' },
    { name: 'nothing is escaped', format: '{"m":$context.error.messageString}', line: '{"m":"no"}' },
    { name: 'an entry stays one line', format: '$context.path', line: '/a b' },
    { name: 'other dollars are text', format: '$stageVariables.x $$ $context', line: '$stageVariables.x $$ $context' },
    { name: 'members of Object are not values', format: '$context.constructor $context.identity.toString', line: '- -' },
  ]
  for (const { name, format, line } of rows) {
    it(name, () => expect(renderAccessLog(compileAccessLog(format), CONTEXT)).toBe(line))
  }
})

describe('checkAccessLogFormat', () => {
  const rows: readonly { format: string; problem: RegExp | null }[] = [
    { format: '$context.requestId', problem: null },
    { format: '$context.extendedRequestId', problem: null },
    { format: ' ', problem: /must not be empty/u },
    { format: '$context.status', problem: /must contain/u },
    { format: '$context.requestId\n$context.status', problem: /single line/u },
    { format: '$context.requestIdentity', problem: /must contain/u },
  ]
  for (const { format, problem } of rows) {
    it(`${JSON.stringify(format)} is ${problem === null ? 'fine' : 'refused'}`, () => {
      expect(checkAccessLogFormat(format) ?? 'fine').toMatch(problem ?? /^fine$/u)
    })
  }
})
