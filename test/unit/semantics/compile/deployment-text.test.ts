import { describe, expect, it } from 'vitest'
import type { DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { readDeploymentText, splitDeployment, writeDeploymentText } from '../../../../worker/semantics/compile/deployment-text.ts'
import { matchRoute } from '../../../../worker/semantics/routing/route-tree.ts'
import { deploymentOf, methodOf, mockOf } from '../../../documents.ts'

const DEPLOYMENT: DeploymentDocument = deploymentOf({
  '/': { GET: methodOf(mockOf(), { operationName: 'root' }) },
  '/pets/{id}': { ANY: methodOf(mockOf(), { operationName: 'any pet' }), GET: methodOf(mockOf(), { operationName: 'lines\nof \u2028 text' }) },
  '/__proto__/{rest+}': { POST: methodOf(mockOf(), { operationName: 'proto' }) },
})

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

describe('the text of a deployment', () => {
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
