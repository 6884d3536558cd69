import { describe, expect, it } from 'vitest'
import type { DeploymentDocument, IntegrationDocument, MethodDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { readDeploymentText, splitDeployment, writeDeploymentText } from '../../../../worker/semantics/compile/deployment-text.ts'
import { matchRoute } from '../../../../worker/semantics/routing/route-tree.ts'
import { answerOf, deploymentOf, integrationOf, methodOf, mockOf } from '../../../documents.ts'

const DEPLOYMENT: DeploymentDocument = deploymentOf({
  '/': { GET: methodOf(mockOf(), { operationName: 'root' }) },
  '/pets/{id}': { ANY: methodOf(mockOf(), { operationName: 'any pet' }), GET: methodOf(mockOf(), { operationName: 'lines\nof \u2028 text' }) },
  '/__proto__/{rest+}': { POST: methodOf(mockOf(), { operationName: 'proto' }) },
})

/** Members that are unlike what is left out. */
const RICH_INTEGRATION: Partial<IntegrationDocument> = {
  type: 'HTTP', httpMethod: 'PUT', uri: 'http://backend.test/{id}', connectionType: 'VPC_LINK', connectionId: 'link', credentials: 'arn:aws:iam::123456789012:role/caller',
  requestParameters: { 'integration.request.path.id': 'method.request.path.id' }, requestTemplates: { 'application/json': '$input.body' }, passthroughBehavior: 'NEVER',
  contentHandling: 'CONVERT_TO_TEXT', timeoutInMillis: 50, cacheNamespace: '', cacheKeyParameters: ['method.request.path.id'], responseTransferMode: 'STREAM',
  tlsConfig: { insecureSkipVerification: true }, integrationResponses: [answerOf({ selectionPattern: '4..' })],
  retry: { attempts: 2, statusCodes: [503], budgetPercent: 10, backoffInMillis: 100 },
}
const RICH_METHOD: Partial<MethodDocument> = {
  operationName: '', authorizationType: 'CUSTOM', authorizerId: 'door', authorizationScopes: ['a'], apiKeyRequired: true, requestParameters: { 'method.request.path.id': false },
  requestModels: { 'application/json': 'Pet' }, requestValidator: { validateRequestBody: false, validateRequestParameters: true },
  methodResponses: { '200': { responseParameters: { 'method.response.header.x': false }, responseModels: {} } },
}

const ROWS = [
  { request: 'GET /', operationName: 'root', path: '/' },
  { request: 'GET /pets/1', operationName: 'lines\nof \u2028 text', path: '/pets/{id}' },
  { request: 'PUT /pets/1', operationName: 'any pet', path: '/pets/{id}' },
  { request: 'POST /__proto__/a/b', operationName: 'proto', path: '/__proto__/{rest+}' },
  { request: 'GET /dogs', operationName: null, path: null },
]

const FORMS = [
  { name: 'a whole deployment', split: splitDeployment(DEPLOYMENT) },
  { name: 'its text', split: readDeploymentText(writeDeploymentText(DEPLOYMENT)) },
  { name: 'its JSON on one line', split: readDeploymentText(JSON.stringify(DEPLOYMENT)) },
]

describe.each(FORMS)('$name', ({ split }) => {
  it.each(ROWS)('$request', ({ request, operationName, path }) => {
    const [httpMethod = '', requestPath = ''] = request.split(' ')
    const match = matchRoute(split.routes, requestPath, httpMethod)
    const method = match === null ? null : split.method(match.leaf)
    expect({ operationName: method?.document.operationName ?? null, path: method?.resource.path ?? null }).toEqual({ operationName, path })
  })

  it('has everything else in the head', () => {
    const { resources: _resources, ...head } = DEPLOYMENT
    expect(split.head).toEqual(head)
  })

  it('has no method beyond its last', () => {
    expect(split.method(3).document.operationName).toBe('proto')
    expect(() => split.method(4)).toThrow('the deployment has no method 4')
  })
})

const METHODS: readonly { readonly name: string; readonly method: MethodDocument }[] = [
  { name: 'a mock', method: methodOf(mockOf()) },
  { name: 'a plain proxy', method: methodOf(integrationOf()) },
  { name: 'an integration with everything', method: methodOf(integrationOf(RICH_INTEGRATION)) },
  { name: 'a method with everything', method: methodOf(integrationOf(), RICH_METHOD) },
]

describe.each(METHODS)('$name', ({ method }) => {
  it('is the same on its line', () => {
    const split = readDeploymentText(writeDeploymentText(deploymentOf({ '/': { GET: method } })))
    expect(split.method(0).document).toEqual(method)
  })
})

describe('the text of a deployment', () => {
  it('leaves out what most methods have alike', () => {
    const [, line = ''] = writeDeploymentText(deploymentOf({ '/': { GET: methodOf(integrationOf({ uri: 'http://backend.test/' })) } })).split('\n')
    expect(JSON.parse(line)).toEqual({
      resource: { id: 'resource0', path: '/' },
      httpMethod: 'GET',
      document: { integration: { httpMethod: 'ANY', uri: 'http://backend.test/', cacheNamespace: 'resource' } },
    })
  })

  it('has a line for its head and one for each method', () => {
    expect(writeDeploymentText(DEPLOYMENT).split('\n').length).toBe(5)
  })

  it('is read line by line: one that nobody asks for may be anything', () => {
    const [head = '', first = '', ...others] = writeDeploymentText(DEPLOYMENT).split('\n')
    const split = readDeploymentText([head, first, ...others.map(() => '{')].join('\n'))
    expect(split.method(0).document.operationName).toBe('root')
    expect(() => split.method(1)).toThrow(SyntaxError)
  })

  it.each(['', 'null', '{"schema":1'])('refuses %j', (text) => {
    expect(() => readDeploymentText(text)).toThrow(/JSON|null/u)
  })
})
