import { describe, expect, it } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { parseMockStatus } from '../../../worker/semantics/integrations/mock-status.ts'
import { answerOf, methodOf, mockOf } from '../../documents.ts'
import { gatewayOf } from '../../gateway.ts'

const json = (template: string): Record<string, string> => ({ 'application/json': template })

interface Row {
  readonly name: string
  readonly mock: Partial<IntegrationDocument>
  readonly ask?: RequestInit & { readonly path?: string }
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** aws-rest 6.4, 6.7, 7.6. */
const rows: readonly Row[] = [
  { name: 'answers without a body', mock: {}, status: 200, body: '' },
  { name: 'never echoes the body', mock: {}, ask: { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }, status: 200, body: '' },
  { name: 'renders a response template', mock: { integrationResponses: [answerOf({ responseTemplates: json('{"id":"$context.resourcePath"}') })] }, status: 200, body: '{"id":"/m"}' },
  {
    name: 'selects by the status',
    mock: { requestTemplates: json('{"statusCode": 404}'), integrationResponses: [answerOf(), answerOf({ selectionPattern: '4\\d{2}', statusCode: '418' })] },
    status: 418,
    body: '',
  },
  {
    name: 'selects by the whole status',
    mock: { requestTemplates: json('{"statusCode": 4040}'), integrationResponses: [answerOf({ statusCode: '204' }), answerOf({ selectionPattern: '404', statusCode: '418' })] },
    status: 204,
    body: '',
  },
  {
    name: 'answers 500 when nothing matches',
    mock: { requestTemplates: json('{"statusCode": 200}'), integrationResponses: [answerOf({ selectionPattern: '400', statusCode: '400' })] },
    status: 500,
    body: '{"message": "Internal server error"}',
  },
  { name: 'answers 500 without answers', mock: { integrationResponses: [] }, status: 500, body: '{"message": "Internal server error"}' },
  { name: 'takes a status only as a number', mock: { requestTemplates: json('{"statusCode": "200"}') }, status: 500, body: '{"message": "Internal server error"}' },
  { name: 'passes the body as template when none is there', mock: { requestTemplates: {} }, ask: { method: 'POST', body: '{"statusCode":200}' }, status: 200, body: '' },
  { name: 'passes a body that says nothing', mock: { requestTemplates: {} }, ask: { method: 'POST', body: '{"a":1}' }, status: 500, body: '{"message": "Internal server error"}' },
  { name: 'chooses by a parameter', mock: { requestTemplates: json("#if($input.params('scope') == 'internal'){\"statusCode\": 200}#else{\"statusCode\": 500}#end"), integrationResponses: [answerOf({ selectionPattern: '500', statusCode: '502' }), answerOf()] }, ask: { path: '?scope=external' }, status: 502, body: '' },
  {
    name: 'maps static and dynamic headers',
    mock: { integrationResponses: [answerOf({ responseParameters: { 'method.response.header.X-Static': "'value'", 'method.response.header.X-Stage': 'context.stage', 'method.response.header.X-None': 'stageVariables.none' } })] },
    status: 200,
    body: '',
    headers: { 'x-static': 'value', 'x-stage': 'dev', 'content-type': 'application/json' },
  },
  {
    name: 'remaps what a client would take for the connection',
    mock: { integrationResponses: [answerOf({ responseParameters: { 'method.response.header.Server': "'mine'", 'method.response.header.Transfer-Encoding': "'chunked'", 'method.response.header.WWW-Authenticate': "'Basic'" } })] },
    status: 200,
    body: '',
    headers: { 'x-amzn-remapped-server': 'mine', 'www-authenticate': 'Basic' },
  },
  {
    name: 'takes the content type from its mapping',
    mock: { integrationResponses: [answerOf({ responseParameters: { 'method.response.header.Content-Type': "'text/html'" }, responseTemplates: { 'text/html': '<p>' } })] },
    status: 200,
    body: '<p>',
    headers: { 'content-type': 'text/html' },
  },
  { name: 'overrides the status in the request template', mock: { requestTemplates: json('#set($context.responseOverride.status = 444){"statusCode":200}') }, status: 444, body: '' },
  { name: 'overrides the status in the response template', mock: { integrationResponses: [answerOf({ responseTemplates: json('#set($context.responseOverride.status = 201)made') })] }, status: 201, body: 'made' },
  { name: 'ignores a status that is none', mock: { integrationResponses: [answerOf({ responseTemplates: json('#set($context.responseOverride.status = 600)x') })] }, status: 200, body: 'x' },
  {
    name: 'overrides headers, several values too',
    mock: {
      integrationResponses: [
        answerOf({ responseParameters: { 'method.response.header.X-A': "'mapped'" }, responseTemplates: json('#set($context.responseOverride.header.X-A = "template")#set($context.responseOverride.header.X-B = ["a","b"])') }),
      ],
    },
    status: 200,
    body: '',
    headers: { 'x-a': 'template', 'x-b': 'a,b' },
  },
  {
    name: 'shows in the response template what the request template set',
    mock: { requestTemplates: json('#set($context.requestOverride.header.k = "v")#set($context.responseOverride.custom = "c"){"statusCode":200}'), integrationResponses: [answerOf({ responseTemplates: json('$context.requestOverride.header.k $context.responseOverride.custom') })] },
    status: 200,
    body: 'v c',
  },
  { name: 'sees an empty body in the response template', mock: { integrationResponses: [answerOf({ responseTemplates: json("$input.body $input.json('$')") })] }, ask: { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }, status: 200, body: '{} ""' },
  { name: 'chooses the response template by Accept', mock: { integrationResponses: [answerOf({ responseTemplates: { 'application/json': 'json', 'application/xml': 'xml' } })] }, ask: { headers: { accept: 'application/xml, */*' } }, status: 200, body: 'xml' },
  { name: 'prefers JSON when Accept names no template', mock: { integrationResponses: [answerOf({ responseTemplates: { 'application/xml': 'xml', 'application/json': 'json' } })] }, ask: { headers: { accept: 'text/html' } }, status: 200, body: 'json' },
  { name: 'takes the first template when there is no JSON', mock: { integrationResponses: [answerOf({ responseTemplates: { 'application/xml': 'xml', 'text/html': 'html' } })] }, status: 200, body: 'xml' },
  { name: 'answers 500 when the request template fails', mock: { requestTemplates: json('#foreach($i in [1..5000])#end{"statusCode":200}') }, status: 500, body: '{"message": "Internal server error"}' },
  { name: 'refuses a status below 200', mock: { integrationResponses: [answerOf({ statusCode: '101' })] }, status: 500, body: '{"message": "Internal server error"}' },
  { name: 'keeps line ends out of headers', mock: { integrationResponses: [answerOf({ responseTemplates: json("#set($context.responseOverride.header.X-A = $input.params('q'))") })] }, ask: { path: '?q=a%0D%0ASet-Cookie:%20b%C3%A9' }, status: 200, body: '', headers: { 'x-a': 'a  Set-Cookie: b%C3%A9' } },
]

describe('a mock', () => {
  for (const { name, mock, ask = {}, status, body, headers = {} } of rows) {
    it(`${name} (${status})`, async () => {
      const gateway = gatewayOf({ '/m': { ANY: methodOf(mockOf(mock)) } })
      const answer = await gateway.ask(`/m${ask.path ?? ''}`, ask)
      expect([answer.status, await answer.text()]).toEqual([status, body])
      expect(Object.fromEntries(Object.keys(headers).map((header) => [header, answer.headers.get(header)]))).toEqual(headers)
      expect(answer.headers.has('x-amzn-trace-id')).toBe(false)
      expect(answer.headers.has('set-cookie')).toBe(false)
      expect(answer.headers.get('x-amzn-requestid')).toBe('00000000-0000-4000-8000-000000000001')
    })
  }

  it('says in the log why it has no status', async () => {
    const gateway = gatewayOf({ '/m': { GET: methodOf(mockOf({ requestTemplates: json('{}') })) } })
    await gateway.ask('/m')
    expect(gateway.lines[0]).toMatchObject({ cause: 'Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.' })
  })
})

describe('the status of a mock', () => {
  /** aws-rest 6.7. */
  const texts: readonly (readonly [text: string, status: number | null])[] = [
    ['{"statusCode": 200}', 200],
    ['{statusCode: 200}', 200],
    ["{'statusCode': 200}", 200],
    ['{"statusCode": 200,}', 200],
    ['{,"statusCode": 200}', 200],
    ['{"statusCode": 200, "message": some text here}', 200],
    ["{'message': 'it\\'s, {', statusCode: 404}", 404],
    ['\n {\n "a": {"b": [1, {"c": 2},]}, "statusCode" : 201 }\n ', 201],
    ['{"statusCode": 0}', 0],
    ['{"statusCode": -1000}', -1000],
    ['{"statusCode": 200, "statusCode": 201}', 201],
    ['{"statusCode": "200"}', null],
    ["{statusCode: '200'}", null],
    ['{"statusCode": 200.5}', null],
    ['{"statusCode": null}', null],
    ['{"statusCode": [200]}', null],
    ['{"statusCode": {"statusCode": 200}}', null],
    ['{"statuscode": 200}', null],
    ['{"statusCode": 200', null],
    ['{"statusCode" 200}', null],
    ['{"statusCode": 200}}', null],
    ['{"statusCode": 200} {"statusCode": 201}', null],
    ['{"a": "open, "statusCode": 200}', null],
    ['[{"statusCode": 200}]', null],
    ['200', null],
    ['', null],
    ['{}', null],
    ['{"__proto__": {"statusCode": 200}}', null],
    ['{"a":'.repeat(100_000), null],
    ['[', null],
  ]
  for (const [text, status] of texts) {
    it(`of ${JSON.stringify(text.slice(0, 60))} is ${status}`, () => {
      expect(parseMockStatus(text)).toBe(status)
    })
  }
})
