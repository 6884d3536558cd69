// A handler on Middy, the middleware engine that others publish for AWS Lambda: router, body parser and error handler are theirs. The same file runs on AWS.
import { middy } from '@middy/core'
import httpErrorHandler from '@middy/http-error-handler'
import httpJsonBodyParser from '@middy/http-json-body-parser'
import httpRouter from '@middy/http-router'

const LOANS = new Map([['9780131103627', 'alice']])

const json = (statusCode, body, headers = {}) => ({ statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) })

const listLoans = async (event) => {
  const by = event.queryStringParameters?.by
  return json(200, { loans: [...LOANS].filter(([, reader]) => by === undefined || reader === by).map(([isbn]) => isbn) })
}

const lend = middy()
  .use(httpJsonBodyParser())
  .handler(async (event) => {
    const { isbn, reader } = event.body
    if (typeof isbn !== 'string' || typeof reader !== 'string') return json(400, { message: 'a loan names an isbn and a reader' })
    LOANS.set(isbn, reader)
    return { ...json(201, { isbn, reader }, { Location: `/library/loans/${isbn}` }), multiValueHeaders: { 'Set-Cookie': [`reader=${reader}`, `last=${isbn}`] } }
  })

const showLoan = async (event) => {
  const reader = LOANS.get(event.pathParameters.isbn)
  return reader === undefined ? json(404, { message: 'no such loan' }) : { statusCode: 200, headers: { 'Content-Type': 'text/plain' }, body: `${reader}\n` }
}

/** The function: events in, proxy responses out. */
export const handler = middy()
  .use(httpErrorHandler())
  .handler(
    httpRouter([
      { method: 'GET', path: '/library/loans', handler: listLoans },
      { method: 'POST', path: '/library/loans', handler: lend },
      { method: 'GET', path: '/library/loans/{isbn}', handler: showLoan },
    ]),
  )
