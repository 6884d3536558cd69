import { describe, expect, it } from 'vitest'
import { explainRequest } from '../../../cli/explain/explain-request.ts'
import { renderExplanation } from '../../../cli/explain/render-explanation.ts'
import { compileRules } from '../../../worker/semantics/rules/compile-rules.ts'

const operation = (uri: string, ...more: readonly string[]): string =>
  ['      x-amazon-apigateway-integration:', '        type: http_proxy', '        httpMethod: ANY', `        uri: ${uri}`, ...more.map((line) => `        ${line}`)].join('\n')

const DEFINITION = `
openapi: 3.0.1
info: { title: Pets }
paths:
  /pets:
    get:
${operation('https://example.com/pets')}
  /pets/{petId}:
    get:
      operationId: getPet
      parameters: [{ name: petId, in: path, required: true, schema: { type: string } }]
${operation('"https://${stageVariables.host}/pets/{petId}"', 'requestParameters: { integration.request.path.petId: method.request.path.petId }')}
  /{proxy+}:
    x-amazon-apigateway-any-method:
${operation('https://example.com/rest')}
`

const FILES = new Map([
  ['apis/pets/api.yaml', DEFINITION],
  ['apis/pets/stages/dev.json', '{ "variables": { "host": "backend.example.com" }, "canarySettings": { "percentTraffic": 5 } }'],
  ['apis/hidden/api.yaml', `${DEFINITION}x-amazon-apigateway-endpoint-configuration: { disableExecuteApiEndpoint: true }\n`],
  ['apis/hidden/stages/v1.json', '{ "variables": { "host": "x" } }'],
  ['domains.json', '{ "domains": [{ "domainName": "*.example.com", "basePathMappings": [{ "basePath": "shop", "restApiId": "hidden", "stage": "v1" }] }] }'],
])

async function explain(httpMethod: string, url: string) {
  const compiled = await compileRules(FILES, { env: {} })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return explainRequest(compiled.rules, { httpMethod, url: new URL(url), executeApiDomain: 'execute-api.localhost' })
}

describe('a request that a method answers', () => {
  it('meets the resource, with everything put into the backend URI that the URL decides', async () => {
    const explanation = await explain('GET', 'http://pets.execute-api.localhost:8787/dev//pets/a%20b')
    expect(explanation).toMatchObject({
      reachedBy: 'default host',
      apiId: 'pets',
      stage: 'dev',
      resource: '/pets/{petId}',
      resourceMethod: 'GET',
      pathParameters: { petId: 'a%20b' },
      integration: { type: 'HTTP_PROXY', httpMethod: 'GET', uri: 'https://backend.example.com/pets/a%20b' },
      canary: { percentTraffic: 5 },
      refusal: null,
      nearMisses: [{ path: '/{proxy+}', reason: expect.stringContaining('/pets/{petId} is more specific') }],
    })
  })

  it('falls to a less specific resource when the best has no such method', async () => {
    const explanation = await explain('POST', 'http://localhost/pets/dev/pets')
    expect(explanation).toMatchObject({ reachedBy: 'path', resource: '/{proxy+}', resourceMethod: 'ANY', pathParameters: { proxy: 'pets' }, nearMisses: [{ path: '/pets', reason: 'has no POST, only GET' }] })
  })

  it('is reached through a wildcard domain and its base path', async () => {
    const explanation = await explain('GET', 'https://shop.example.com/shop/pets')
    expect(explanation).toMatchObject({ reachedBy: 'custom domain', basePath: 'shop', apiId: 'hidden', stage: 'v1', path: '/pets', resource: '/pets' })
  })
})

describe('a request that nothing answers says why', () => {
  const rows = [
    { url: 'http://localhost/', reason: /localhost is no custom domain and no default host/u },
    { url: 'http://localhost/pest/dev/pets', reason: /there is no API pest; did you mean "pets"\?/u },
    { url: 'http://localhost/pets/deb/pets', reason: /the API pets has no stage deb; did you mean "dev"\?/u },
    { url: 'http://hidden.execute-api.localhost/v1/pets', reason: /the default endpoint of the API is disabled/u },
    { url: 'https://shop.example.com/shopping/pets', reason: /no base path mapping of \*\.example\.com takes the path \(it has \/shop\)/u },
    { url: 'http://localhost/pets/dev', reason: /no resource answers GET \//u },
  ]
  for (const { url, reason } of rows) {
    it(`GET ${url}`, async () => {
      const { refusal } = await explain('GET', url)
      expect(refusal?.statusCode).toBe(403)
      expect(refusal?.reason).toMatch(reason)
    })
  }
})

it('is written as lines', async () => {
  const terminal = { out: () => undefined, err: () => undefined, paint: (_colour: string, text: string) => text }
  expect(renderExplanation(await explain('GET', 'http://localhost/pets/dev/pets/1'), terminal).map((line) => line.trimEnd())).toEqual([
    'GET http://localhost/pets/dev/pets/1',
    '  host          localhost (path)',
    '  API           pets',
    '  stage         dev',
    expect.stringMatching(/^ {2}deployment {4}[0-9a-f]{20}$/u),
    expect.stringMatching(/^ {2}canary {8}5 % of the requests meet [0-9a-f]{20}$/u),
    '  path          /pets/1',
    '  method        GET /pets/{petId} (getPet)',
    '  parameter     petId = 1',
    '  authorization NONE',
    '  integration   HTTP_PROXY GET https://backend.example.com/pets/1',
    '  timeout       29000 ms',
    '  Not these:',
    '    /{proxy+}  takes the path too, but /pets/{petId} is more specific: a literal part goes before {variable}, and that before {greedy+}',
  ])
})
