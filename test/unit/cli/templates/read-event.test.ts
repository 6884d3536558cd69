import { describe, expect, test } from 'vitest'
import { describeDifference } from '../../../../cli/templates/describe-difference.ts'
import { takePathParameters } from '../../../../cli/templates/path-parameters.ts'
import { readAnswer, readEvent } from '../../../../cli/templates/read-event.ts'

describe('an event file is understood', () => {
  test.each([
    ['a scope', '{"body": {"a": 1}, "params": {"path": {"id": "7"}}}', { readAs: 'scope', scope: { body: '{"a":1}', params: { path: { id: '7' }, querystring: {}, header: {} }, context: {}, stageVariables: {} } }],
    ['a scope with a text for a body', '{"body": "a=1", "stageVariables": {"v": "1"}}', { readAs: 'scope', scope: { body: 'a=1', stageVariables: { v: '1' } } }],
    [
      'a scope with overrides',
      '{"overrides": {"responseOverride": {"status": 404}}}',
      { readAs: 'scope', scope: { overrides: { requestOverride: { header: {}, path: {}, querystring: {}, custom: {} }, responseOverride: { header: {}, status: 404, custom: {} } } } },
    ],
    [
      'an event of a Lambda proxy',
      '{"httpMethod":"POST","headers":{"X-A":"1"},"queryStringParameters":null,"multiValueQueryStringParameters":{"q":["1","2"]},"pathParameters":{"id":"7"},"stageVariables":null,"requestContext":{"stage":"prod"},"body":"aGk=","isBase64Encoded":true}',
      { readAs: 'proxy event', scope: { body: 'hi', params: { path: { id: '7' }, querystring: { q: '2' }, header: { 'X-A': '1' } }, context: { stage: 'prod' }, stageVariables: {} } },
    ],
    [
      'a recorded HTTP request',
      'POST /prod/pets/7?q=1&q=2&r=a+b HTTP/1.1\r\nhost: example.com\r\nx-trace:  t \r\n\r\n{"a":\r\n1}\r\n',
      { readAs: 'HTTP message', path: '/prod/pets/7', scope: { body: '{"a":\r\n1}', params: { path: {}, querystring: { q: '2', r: 'a b' }, header: { Host: 'example.com', 'X-Trace': 't' } } } },
    ],
    ['a recorded HTTP request with a whole URL', 'GET https://example.com?q=1\n', { readAs: 'HTTP message', path: '/', scope: { body: '', params: { querystring: { q: '1' } } } }],
    ['a body', '{"name": "Rex"}\n', { readAs: 'body', scope: { body: '{"name": "Rex"}' } }],
    ['a body that is no JSON', 'a=1&b=2', { readAs: 'body', scope: { body: 'a=1&b=2' } }],
    ['an empty object', '{}', { readAs: 'body', scope: { body: '{}' } }],
  ])('%s', (_, text, wanted) => {
    expect(readEvent(text)).toMatchObject(wanted)
  })

  test.each([
    ['a parameter that is no text', '{"params": {"path": {"id": 7}}}', /params\.path\.id/u],
    ['an unknown member of params', '{"params": {"cookies": {}}}', /cookies/u],
    ['a status that is no number', '{"overrides": {"responseOverride": {"status": "404"}}}', /overrides\.responseOverride\.status/u],
    ['headers that are no texts in a proxy event', '{"requestContext": {}, "headers": {"a": [1]}}', /headers\.a/u],
  ])('%s is refused', (_, text, problem) => {
    expect(readEvent(text)).toMatchObject({ problem: expect.stringMatching(problem) })
  })
})

test.each([
  ['a recorded response', 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nhello\r\n', 'hello'],
  ['a body', '{"a": 1}\n', '{"a": 1}'],
])('an answer may be %s', (_, text, body) => {
  expect(readAnswer(text)).toBe(body)
})

test.each([
  ['/pets/7', '/pets/{petId}', { petId: '7' }],
  ['/prod/pets/a%20b/', '/pets/{petId}', { petId: 'a b' }],
  ['/files/a/b/c', '/files/{path+}', { path: 'a/b/c' }],
  ['/a.b/50%', '/a.b/{x}', { x: '50%' }],
  ['/axb/1', '/a.b/{x}', {}],
  ['/orders/1', '/pets/{petId}', {}],
])('path parameters of %s by %s', (path, resourcePath, parameters) => {
  expect(takePathParameters(path, resourcePath, 'prod')).toEqual(parameters)
})

test.each([
  ['one line of many', 'a\nb\nc\nd\ne', 'a\nb\nX\nd\ne', ['  ... line 2', '  b', '- c', '+ X', '  d']],
  ['a line more', 'a', 'a\nb', ['  a', '+ b']],
  ['a line less', 'a\nb\nc', 'a\nc', ['  a', '- b', '  c']],
  ['blanks at the end', 'a ', 'a\t', ['- a·', '+ a\\t']],
  ['everything', '', 'x', ['- ', '+ x']],
])('a difference is shown: %s', (_, expected, received, lines) => {
  expect(describeDifference(expected, received)).toEqual(lines)
})
