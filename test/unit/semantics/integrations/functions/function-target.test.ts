import { describe, expect, test } from 'vitest'
import { parseFunctionReference } from '../../../../../worker/semantics/integrations/functions/function-reference.ts'
import { toFunctionTarget } from '../../../../../worker/semantics/integrations/functions/function-target.ts'

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function'

describe('a reference to a function', () => {
  const rows = [
    { text: `${ARN}:hello`, name: 'hello', qualifier: null, region: 'eu-west-1' },
    { text: `${ARN}:hello:live`, name: 'hello', qualifier: 'live', region: 'eu-west-1' },
    { text: `${ARN}:hello:$LATEST`, name: 'hello', qualifier: '$LATEST', region: 'eu-west-1' },
    { text: `${ARN}:hello:42`, name: 'hello', qualifier: '42', region: 'eu-west-1' },
    { text: 'arn:aws-cn:lambda:cn-north-1:123456789012:function:f', name: 'f', qualifier: null, region: 'cn-north-1' },
    { text: 'hello', name: 'hello', qualifier: null, region: null },
    { text: 'hello:dev', name: 'hello', qualifier: 'dev', region: null },
  ]
  test.each(rows)('$text', ({ text, ...expected }) => {
    expect(parseFunctionReference(text)).toMatchObject(expected)
  })

  const refused = ['', ':', `${ARN}:`, `${ARN}:a:b:c`, 'arn:aws:lambda:eu-west-1:1:function:f', 'arn:aws:s3:::bucket', 'a/b', 'a b', `${ARN}:hello:`, '../x', `${ARN}:f\n`]
  test.each(refused)('%j is none', (text) => {
    expect(parseFunctionReference(text)).toBeNull()
  })
})

describe('where a function runs', () => {
  const account = {
    region: 'us-east-1',
    functions: { hello: { url: 'http://127.0.0.1:3002/' }, orders: { binding: 'ORDERS' }, 'orders:dev': { url: 'http://127.0.0.1:3003' }, rie: { url: 'http://127.0.0.1:9000/2015-03-31/functions/function/invocations' } },
  }
  const rows = [
    { name: 'a URL takes the name', arn: `${ARN}:hello`, expected: { kind: 'url', url: 'http://127.0.0.1:3002/2015-03-31/functions/hello/invocations' } },
    { name: 'a qualifier becomes a query', arn: `${ARN}:hello:$LATEST`, expected: { kind: 'url', url: 'http://127.0.0.1:3002/2015-03-31/functions/hello/invocations?Qualifier=%24LATEST' } },
    { name: 'a binding', arn: 'orders', expected: { kind: 'binding', binding: 'ORDERS', path: '/2015-03-31/functions/orders/invocations' } },
    { name: 'a name with its qualifier goes before the name', arn: 'orders:dev', expected: { kind: 'url', url: 'http://127.0.0.1:3003/2015-03-31/functions/orders/invocations?Qualifier=dev' } },
    { name: 'another qualifier of the same name', arn: 'orders:live', expected: { kind: 'binding', binding: 'ORDERS', path: '/2015-03-31/functions/orders/invocations?Qualifier=live' } },
    { name: 'a URL that is the whole address', arn: 'rie', expected: { kind: 'url', url: 'http://127.0.0.1:9000/2015-03-31/functions/function/invocations' } },
    { name: 'AWS, in the region of the ARN', arn: `${ARN}:other`, expected: { kind: 'aws', region: 'eu-west-1', path: `/2015-03-31/functions/${encodeURIComponent(`${ARN}:other`)}/invocations` } },
    { name: 'AWS, in the region of the account', arn: 'other:1', expected: { kind: 'aws', region: 'us-east-1', path: '/2015-03-31/functions/other/invocations?Qualifier=1' } },
    { name: 'a name that every object has is not a function', arn: 'constructor', expected: { kind: 'aws', region: 'us-east-1', path: '/2015-03-31/functions/constructor/invocations' } },
    { name: 'not a function', arn: 'arn:aws:sqs:x', expected: null },
  ]
  test.each(rows)('$name', ({ arn, expected }) => {
    expect(toFunctionTarget(arn, account, 'invocations')).toEqual(expected)
  })

  test('streaming has a path of its own', () => {
    expect(toFunctionTarget('orders', account, 'response-streaming-invocations')).toMatchObject({ path: '/2021-11-15/functions/orders/response-streaming-invocations' })
  })
})
