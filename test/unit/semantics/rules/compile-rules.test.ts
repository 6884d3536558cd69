import { describe, expect, test } from 'vitest'
import { deploymentSchema } from '../../../../kv-schemas/documents/deployment.ts'
import { stageSchema } from '../../../../kv-schemas/documents/stage.ts'
import { compileRules } from '../../../../worker/semantics/rules/compile-rules.ts'
import { definitionOf, problemsOf, SOUND } from './folder.ts'

describe('a sound folder', () => {
  const files = new Map([
    ['account.json', '{ "accountId": "111122223333", "region": "eu-west-1" }'],
    ['apis/pets/api.yaml', SOUND],
    ['apis/pets/stages/dev.json', '{ "$schema": "x", "variables": { "upstream": "${env.UPSTREAM}" } }'],
    ['domains.json', '{ "domains": [{ "domainName": "pets.example.com", "basePathMappings": [{ "restApiId": "pets", "stage": "dev" }] }] }'],
    ['apis/pets/README.md', 'not a rule file'],
  ])

  test('becomes the documents that are published', async () => {
    const compiled = await compileRules(files, { env: { UPSTREAM: 'backend.example.com' } })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const { rules, warnings } = compiled
    expect(warnings).toEqual([])
    expect(rules.account).toMatchObject({ schema: 1, accountId: '111122223333', region: 'eu-west-1' })
    expect(deploymentSchema.parse(rules.deployments[0])).toEqual(rules.deployments[0])
    expect(stageSchema.parse(rules.stages[0])).toEqual(rules.stages[0])
    expect(rules.stages[0]).toMatchObject({ apiId: 'pets', stageName: 'dev', revision: 1, deploymentId: rules.deployments[0]?.deploymentId, variables: { upstream: 'backend.example.com' } })
    expect(rules.domains[0]).toMatchObject({ schema: 1, domainName: 'pets.example.com', basePathMappings: [{ basePath: '', restApiId: 'pets', stage: 'dev' }] })
  })

  test('becomes the same documents in whatever order its files come', async () => {
    const env = { UPSTREAM: 'backend.example.com' }
    expect(await compileRules(new Map([...files].toReversed()), { env })).toEqual(await compileRules(files, { env }))
  })
})

describe('an unsound folder says where and why', () => {
  const stage = 'apis/pets/stages/dev.json'
  const rows: readonly { readonly name: string; readonly files: Readonly<Record<string, string>>; readonly problems: readonly string[] }[] = [
    { name: 'an unknown field', files: { [stage]: '{\n  "varables": {}\n}' }, problems: [`error ${stage}:2:3 varables unknown field "varables"; did you mean "variables"?`] },
    {
      name: 'a setting of a method that is not there',
      files: { [stage]: '{ "methodSettings": {\n "pet/GET": {}, "/pets/GET": {}, "pets/GET": {}, "*/*": {} } }' },
      problems: [`error ${stage}:2:2 methodSettings["pet/GET"] Invalid method setting path: pet/GET is no method of the API; did you mean "pets/GET"?`],
    },
    {
      name: 'stage variables that the stage does not have',
      files: {
        [stage]: '{\n"variables": { "hots": "x" } }',
        'apis/pets/api.yaml': definitionOf('/a', 'type: http', 'httpMethod: GET', 'uri: https://${stageVariables.host}/', 'requestTemplates: { application/json: "$stageVariables.get(\'a\') $stageVariables.keySet()" }', 'responses: { default: { statusCode: 200 } }').replace('      x-', '      responses: { 200: {} }\n      x-'),
      },
      problems: [
        `warning ${stage}:2:1 variables the API uses the stage variable a, which this stage does not have: it is empty here`,
        `warning ${stage}:2:1 variables the API uses the stage variable host, which this stage does not have: it is empty here; did you mean "hots"?`,
      ],
    },
    {
      name: 'a field of the wrong type',
      files: { [stage]: '{ "methodSettings": { "*/*": { "cacheTtlInSeconds": "60" } } }' },
      problems: [`error ${stage}:1:53 methodSettings["*/*"].cacheTtlInSeconds expected a number, found "60"`],
    },
    {
      name: 'an unknown word',
      files: { [stage]: '{ "methodSettings": { "*/*": { "loggingLevel": "INFOS" } } }' },
      problems: [`error ${stage}:1:48 methodSettings["*/*"].loggingLevel "INFOS" is not one of OFF, ERROR, INFO; did you mean "INFO"?`],
    },
    { name: 'a stage of an API that is not there', files: { 'apis/pests/stages/dev.json': '{}' }, problems: ['error apis/pests/stages/dev.json:1:1 the API pests has stages but no definition: apis/pests/api.json, .yaml or .yml is missing'] },
    {
      name: 'a domain with a stage and an API that are not there',
      files: { 'domains.json': '{ "domains": [{ "domainName": "a.example.com", "basePathMappings": [\n{ "restApiId": "pest", "stage": "dev" },\n{ "basePath": "b", "restApiId": "pets", "stage": "de" }] }] }' },
      problems: [
        'error domains.json:2:16 domains[0].basePathMappings[0].restApiId there is no API pest; did you mean "pets"?',
        'error domains.json:3:50 domains[0].basePathMappings[1].stage the API pets has no stage de; did you mean "dev"?',
      ],
    },
    { name: 'two definitions of one API', files: { 'apis/pets/api.json': '{}' }, problems: ['error apis/pets/api.json:1:1 neither "openapi" nor "swagger" says what this document is; definitions are OpenAPI 3.0, 3.1 or Swagger 2.0', 'error apis/pets/api.yaml:1:1 the API pets has two definitions: apis/pets/api.json is another'] },
    { name: 'a WebSocket API', files: { 'apis/chat/websocket.json': '{}' }, problems: ['error apis/chat/websocket.json:1:1 WebSocket APIs do not work yet'] },
    { name: 'an API folder whose name is no id', files: { 'apis/My_API/api.yaml': SOUND }, problems: ['error apis/My_API/api.yaml:1:1 the folder "My_API" is no API id: 1 to 64 of a-z, 0-9 and -'] },
    { name: 'a variable of the environment that is not set', files: { [stage]: '{ "variables": {}, "description": "${env.UPSTREM}" }' }, problems: [`error ${stage}:1:35 description the environment variable UPSTREM is not set; did you mean "UPSTREAM"?`] },
    { name: 'a file that no rule has', files: { 'acount.json': '{}' }, problems: ['warning acount.json:1:1 no rule file has this name; did you mean "account.json"?'] },
    {
      name: 'two variable siblings',
      files: { 'apis/pets/api.yaml': `${SOUND}  /{a}: {}\n  /{b}/c: {}\n` },
      problems: ['error apis/pets/api.yaml:11:3 paths["/{b}/c"] A sibling ({a}) of this resource already has a variable path part -- only one is allowed'],
    },
    {
      name: 'a VPC link that the account does not have',
      files: {
        'account.json': '{ "links": { "backend": { "url": "http://10.0.0.1" } } }',
        'apis/pets/api.yaml': definitionOf('/a', 'type: http_proxy', 'httpMethod: GET', 'uri: https://x.example.com', 'connectionType: VPC_LINK', 'connectionId: bakend'),
      },
      problems: ['warning apis/pets/api.yaml:11:23 paths["/a"].get.x-amazon-apigateway-integration.connectionId Invalid Vpc Link identifier specified: "links" of account.json has no bakend; did you mean "backend"?'],
    },
    {
      name: 'an integration without a URI',
      files: { 'apis/pets/api.yaml': definitionOf('/a', 'type: http_proxy', 'httpMethod: GET') },
      problems: ['error apis/pets/api.yaml:6:7 paths["/a"].get.x-amazon-apigateway-integration Invalid HTTP endpoint specified for URI ("uri" is missing)'],
    },
    {
      name: 'an operation without integration',
      files: { 'apis/pets/api.yaml': 'openapi: 3.0.1\ninfo: { title: T }\npaths: { /a: { get: {} } }\n' },
      problems: [
        'error apis/pets/api.yaml:3:16 paths["/a"].get No integration defined for method: it has no x-amazon-apigateway-integration (`stagedoor import` gives every operation one)',
      ],
    },
  ]
  for (const { name, files, problems } of rows) {
    test(`refuses ${name}`, async () => {
      const sound = { 'apis/pets/api.yaml': SOUND, [stage]: '{}' }
      expect(await problemsOf({ ...sound, ...files }, { UPSTREAM: 'x' })).toEqual(problems)
    })
  }
})
