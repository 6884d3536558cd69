import { describe, expect, it } from 'vitest'
import { compileKeySources, readKeyParameters, type KeyRequest } from '../../../../worker/semantics/caching/key-sources.ts'

const REQUEST: KeyRequest = {
  pathParameters: { id: 'a%2Fb' },
  rawQuery: 'q=1&q=2&e=&bare&%70lus=x&v=%41&s=1;t=2&u=;=',
  headers: new Headers([['x-a', '1'], ['x-a', '2']]),
  stageVariables: { color: 'blue' },
  context: (name) => (name === 'identity.sourceIp' ? '10.0.0.1' : null),
  bodyDigest: 'd',
}

type Integration = Parameters<typeof compileKeySources>[0]

const ROWS: readonly (readonly [string, readonly string[] | null, Partial<Integration>?])[] = [
  ['method.request.path.id', ['a%2Fb']],
  ['method.request.path.other', null],
  ['method.request.path.__proto__', null],
  ['method.request.querystring.q', ['1', '2']],
  ['method.request.multivaluequerystring.q', ['1', '2']],
  ['method.request.querystring.e', ['']],
  ['method.request.querystring.bare', ['']],
  ['method.request.querystring.none', null],
  ['method.request.querystring.plus', ['x']],
  ['method.request.querystring.s', ['s=1;t=2']],
  ['method.request.querystring.t', ['s=1;t=2']],
  ['method.request.querystring.u', ['u=;=']],
  ['method.request.querystring.v', ['%41']],
  ['method.request.header.X-A', ['1, 2']],
  ['method.request.multivalueheader.x-a', ['1, 2']],
  ['method.request.header.X-None', null],
  ['method.request.body', ['d']],
  ['method.request.body.id', ['d']],
  ['method.request.cookie.x', null],
  ['no expression', null],
  ['integration.request.path.pet', ['a%2Fb'], { requestParameters: { 'integration.request.path.pet': 'method.request.path.id' } }],
  ['integration.request.querystring.q', ['1', '2'], { type: 'HTTP_PROXY' }],
  ['integration.request.querystring.q', null, { type: 'HTTP' }],
  ['integration.request.header.X-B', ['blue'], { requestParameters: { 'integration.request.header.X-B': 'stageVariables.color' } }],
  ['integration.request.header.X-B', null, { requestParameters: { 'integration.request.header.X-B': 'stageVariables.none' } }],
  ['integration.request.header.X-B', ['10.0.0.1'], { requestParameters: { 'integration.request.header.X-B': 'context.identity.sourceIp' } }],
  ['integration.request.header.X-B', null, { requestParameters: { 'integration.request.header.X-B': "'fixed'" } }],
]

describe('the parameters of the key', () => {
  for (const [name, values, change] of ROWS) {
    it(`reads ${name}${change === undefined ? '' : ` with ${JSON.stringify(change)}`}`, () => {
      const sources = compileKeySources({ type: 'HTTP_PROXY', requestParameters: {}, ...change, cacheKeyParameters: [name] })
      expect(readKeyParameters(sources, REQUEST)).toEqual([{ name, values }])
    })
  }

  it('are none when the method lists none', () => {
    expect(readKeyParameters([], REQUEST)).toEqual([])
  })
})
