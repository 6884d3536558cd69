import { describe, expect, test } from 'vitest'
import { toFunctionOutcome } from '../../../../../worker/semantics/integrations/functions/invoke-outcome.ts'

function respond(statusCode: number, body: string, headers: Record<string, string> = {}) {
  return toFunctionOutcome({ statusCode, headers: new Headers(headers), payload: new TextEncoder().encode(body) })
}

describe('an answer of the Invoke API (aws-websocket-and-services D2 to D4)', () => {
  test('a result', () => {
    expect(respond(200, '"Pass"')).toMatchObject({ kind: 'answered', statusCode: 200, functionError: null })
  })

  test('an error that the code threw is an answer', () => {
    expect(respond(200, '{"errorMessage":"no"}', { 'x-amz-function-error': 'Unhandled' })).toMatchObject({ kind: 'answered', functionError: 'Unhandled' })
  })

  test('an accepted event', () => {
    expect(respond(202, '')).toMatchObject({ kind: 'answered', statusCode: 202, functionError: null })
  })

  const rows = [
    { name: 'a throttle', status: 429, body: '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}', headers: { 'x-amzn-errortype': 'TooManyRequestsException' }, kind: 'throttled' },
    { name: 'a throttle told only by its code', status: 400, body: '{"__type":"com.amazon#ThrottlingException","message":"Rate exceeded"}', headers: {}, kind: 'throttled' },
    { name: 'no such function', status: 404, body: '{"Message":"Function not found: arn:aws:lambda:..:function:f","Type":"User"}', headers: { 'x-amzn-errortype': 'ResourceNotFoundException' }, kind: 'not-found' },
    { name: 'no permission', status: 403, body: '{"Message":"User: arn is not authorized to perform: lambda:InvokeFunction"}', headers: { 'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/coral/com.amazon.coral.service/' }, kind: 'not-permitted' },
    { name: 'expired credentials', status: 400, body: '{"message":"expired"}', headers: { 'x-amzn-errortype': 'ExpiredTokenException' }, kind: 'not-permitted' },
    { name: 'a payload that is not JSON', status: 400, body: '{"message":"Could not parse request body into json"}', headers: { 'x-amzn-errortype': 'InvalidRequestContentException' }, kind: 'rejected' },
    { name: 'a payload too large', status: 413, body: '', headers: {}, kind: 'rejected' },
    { name: 'a fault of the service', status: 500, body: '', headers: { 'x-amzn-errortype': 'ServiceException' }, kind: 'rejected' },
    { name: 'a redirect, which the API never sends', status: 302, body: '', headers: {}, kind: 'rejected' },
  ]
  test.each(rows)('$name', ({ status, body, headers, kind }) => {
    expect(respond(status, body, headers)).toMatchObject({ kind, cause: expect.stringContaining(String(status)) })
  })
})
