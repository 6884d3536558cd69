import { describe, expect, it } from 'vitest'
import { compileTextTemplate, renderTextTemplate } from '../../../../worker/semantics/gateway-responses/text-template.ts'
import { toRequestParameters } from '../../../../worker/semantics/mapping/request-parameters.ts'
import type { MappingSources } from '../../../../worker/semantics/mapping/sources.ts'

const sources: MappingSources = {
  parameters: toRequestParameters({ pathParameters: { id: '7' }, rawQuery: 'q=1&q=2', headers: new Headers({ origin: 'https://a.test' }) }),
  context: { requestId: 'r-1', path: '/dev/a', error: { message: 'No', messageString: '"No"', responseType: 'THROTTLED', validationErrorString: null } },
  stageVariables: { tier: 'gold' },
  responseHeaders: null,
  body: null,
}

/** aws-rest 3.3: plain substitution, no VTL. */
const rows: readonly (readonly [template: string, text: string])[] = [
  ['{"message":$context.error.messageString}', '{"message":"No"}'],
  ['$context.error.message', 'No'],
  ['${context.error.message}!', 'No!'],
  ['$context.error.responseType.', 'THROTTLED.'],
  ['$context.path/$context.requestId', '/dev/a/r-1'],
  ['[$context.error.validationErrorString]', '[]'],
  ['[$context.none.at.all]', '[]'],
  ['$stageVariables.tier $stageVariables.none', 'gold '],
  ['$method.request.header.Origin', 'https://a.test'],
  ['$method.request.querystring.q', '2'],
  ['$method.request.multivaluequerystring.q', '1,2'],
  ['$method.request.path.id', '7'],
  ['$method.request.body', '$method.request.body'],
  ['#if($context.path)yes#end $util.escapeJavaScript("a") $input.body', '#if(/dev/a)yes#end $util.escapeJavaScript("a") $input.body'],
  ['costs $5, $ and ${', 'costs $5, $ and ${'],
  ['', ''],
]

describe('templates of gateway responses', () => {
  for (const [template, text] of rows) {
    it(`fills ${template}`, () => {
      expect(renderTextTemplate(compileTextTemplate(template), sources)).toBe(text)
    })
  }
})
