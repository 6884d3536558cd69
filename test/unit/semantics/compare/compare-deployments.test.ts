import { expect, test } from 'vitest'
import type { AuthorizerDocument, DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { compareDeployments } from '../../../../worker/semantics/compare/compare-deployments.ts'
import { deploymentOf, integrationOf, methodOf, type Resources } from '../../../documents.ts'

const PETS = methodOf(integrationOf({ uri: 'http://backend.test/pets' }))
const AUTHORIZER: AuthorizerDocument = {
  id: 'a',
  type: 'TOKEN',
  authorizerUri: 'arn',
  authorizerCredentials: null,
  identitySource: ['method.request.header.Authorization'],
  identityValidationExpression: '^Bearer',
  authorizerResultTtlInSeconds: 300,
  providerARNs: [],
  jwtConfiguration: null,
}
const api = (resources: Resources, parts: Partial<DeploymentDocument> = {}): DeploymentDocument => deploymentOf(resources, parts)
const pets = (parts: Parameters<typeof methodOf>[1], integration: Parameters<typeof integrationOf>[0] = {}): DeploymentDocument =>
  api({ '/pets': { GET: methodOf(integrationOf({ uri: 'http://backend.test/pets', ...integration }), parts) } })

interface Row {
  readonly name: string
  readonly before: DeploymentDocument | null
  readonly after: DeploymentDocument
  /** Each as `sign subject member: before -> after ! warning`. */
  readonly changes: readonly string[]
}

const ROWS: readonly Row[] = [
  { name: 'nothing', before: pets({}), after: pets({}), changes: [] },
  { name: 'a first deployment', before: null, after: pets({}), changes: ['added GET /pets'] },
  { name: 'a route more', before: pets({}), after: api({ '/pets': { GET: PETS, POST: PETS } }), changes: ['added POST /pets'] },
  { name: 'a route less', before: api({ '/pets': { GET: PETS }, '/old': { ANY: PETS } }), after: pets({}), changes: ['removed ANY /old ! callers get 403 Missing Authentication Token'] },
  { name: 'another backend', before: pets({}), after: pets({}, { uri: 'http://b.test/' }), changes: ['changed GET /pets integration.uri: "http://backend.test/pets" -> "http://b.test/"'] },
  {
    name: 'authorization removed',
    before: pets({ authorizationType: 'AWS_IAM' }),
    after: pets({}),
    changes: ['changed GET /pets authorizationType: "AWS_IAM" -> "NONE" ! authorization removed: anybody may call it'],
  },
  { name: 'authorization added', before: pets({}), after: pets({ authorizationType: 'AWS_IAM' }), changes: ['changed GET /pets authorizationType: "NONE" -> "AWS_IAM"'] },
  {
    name: 'another authorizer',
    before: pets({ authorizationType: 'CUSTOM', authorizerId: 'a' }),
    after: pets({ authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'a' }),
    changes: ['changed GET /pets authorizationType: "CUSTOM" -> "COGNITO_USER_POOLS" ! callers are authorized in another way'],
  },
  { name: 'an API key no longer', before: pets({ apiKeyRequired: true }), after: pets({}), changes: ['changed GET /pets apiKeyRequired: true -> false ! API key no longer required'] },
  { name: 'scopes gone', before: pets({ authorizationScopes: ['read'] }), after: pets({}), changes: ['changed GET /pets authorizationScopes: ["read"] -> [] ! any scope is enough'] },
  { name: 'fewer scopes', before: pets({ authorizationScopes: ['a', 'b'] }), after: pets({ authorizationScopes: ['a'] }), changes: ['changed GET /pets authorizationScopes: ["a","b"] -> ["a"]'] },
  {
    name: 'a validator gone',
    before: pets({ requestValidator: { validateRequestBody: true, validateRequestParameters: false } }),
    after: pets({}),
    changes: ['removed GET /pets requestValidator: {"validateRequestBody":true,"validateRequestParameters":false} ! requests are no longer validated'],
  },
  {
    name: 'a smaller cache key',
    before: pets({}, { cacheKeyParameters: ['method.request.querystring.a', 'method.request.querystring.b'] }),
    after: pets({}, { cacheKeyParameters: ['method.request.querystring.a'] }),
    changes: [
      'changed GET /pets integration.cacheKeyParameters: ["method.request.querystring.a","method.request.querystring.b"] -> ["method.request.querystring.a"] ! the cache key shrinks: callers may get answers made for others',
    ],
  },
  { name: 'a parameter more', before: pets({}), after: pets({ requestParameters: { 'method.request.header.X': true } }), changes: ['added GET /pets requestParameters.method.request.header.X: true'] },
  {
    name: 'an authorizer that lets others in',
    before: api({}, { authorizers: { main: AUTHORIZER } }),
    after: api({}, { authorizers: { main: { ...AUTHORIZER, identityValidationExpression: null } } }),
    changes: ['removed authorizer main identityValidationExpression: "^Bearer" ! other callers may be let in'],
  },
  { name: 'an authorizer gone', before: api({}, { authorizers: { main: AUTHORIZER } }), after: api({}), changes: ['removed authorizer main'] },
  {
    name: 'a policy gone',
    before: api({}, { policy: { Version: '2012-10-17' } }),
    after: api({}),
    changes: ['removed API policy: {"Version":"2012-10-17"} ! resource policy removed: nothing restricts who may connect'],
  },
  {
    name: 'a private API made public',
    before: api({}, { endpointConfiguration: { type: 'PRIVATE', vpcEndpointIds: [] } }),
    after: api({}),
    changes: ['changed API endpointConfiguration.type: "PRIVATE" -> "EDGE" ! the API can be reached from the internet'],
  },
  { name: 'a model', before: api({}, { models: { Pet: { contentType: 'a/b', schema: { type: 'object' } } } }), after: api({}, { models: { Pet: { contentType: 'a/b', schema: { type: 'string' } } } }), changes: ['changed model Pet schema: {"type":"object"} -> {"type":"string"}'] },
  { name: 'a method called __proto__', before: api({}), after: api({ '/__proto__': { GET: PETS } }), changes: ['added GET /__proto__'] },
]

for (const { name, before, after, changes } of ROWS) {
  test(`tells ${name}`, () => {
    const told = compareDeployments(before, after).map(({ kind, subject, member, before: was, after: is, warning }) => {
      const values = was !== null && is !== null ? `${was} -> ${is}` : (was ?? is ?? '')
      return `${kind} ${subject}${member === null ? '' : ` ${member}: ${values}`}${warning === null ? '' : ` ! ${warning}`}`
    })
    expect(told).toEqual(changes)
  })
}

test('a long value is cut: a change is for reading', () => {
  const [change] = compareDeployments(pets({}), pets({}, { uri: `http://b.test/${'x'.repeat(1_000)}` }))
  expect(change?.after).toHaveLength(201)
})
