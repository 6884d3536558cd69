import { callControl, type Answer } from './client.ts'

/** An OpenAPI document of one route, `GET /pets`, whose answer carries the version. */
function shopApi(version: number, extra: Record<string, unknown> = {}): string {
  const integration = {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: { default: { statusCode: '200', responseTemplates: { 'application/json': `{"version": ${version}, "variable": "$stageVariables.colour"}` } } },
  }
  const get = { responses: { '200': { description: 'ok' } }, 'x-amazon-apigateway-integration': integration }
  return JSON.stringify({ openapi: '3.0.1', info: { title: 'shop', version: '1' }, paths: { '/pets': { get }, ...extra } })
}

/** The rule files of version n of an API with the stages dev and prod. */
export function shopFiles(version: number, options: { apiId?: string; dev?: object; extra?: Record<string, unknown>; others?: Record<string, object> } = {}): { path: string; text: string }[] {
  const { apiId = 'shop', dev = {}, extra = {}, others = {} } = options
  return [
    { path: `apis/${apiId}/api.json`, text: shopApi(version, extra) },
    { path: `apis/${apiId}/stages/dev.json`, text: JSON.stringify(dev) },
    { path: `apis/${apiId}/stages/prod.json`, text: '{}' },
    ...Object.entries(others).map(([path, value]) => ({ path, text: JSON.stringify(value) })),
  ]
}

/** Pushes version n and deploys it where asked. */
export function pushShop(version: number, deploy: string[] = [], options: Parameters<typeof shopFiles>[1] = {}): Promise<Answer> {
  return callControl('POST', `/push?author=ann&message=version%20${version}&commit=c${version}`, { body: { files: shopFiles(version, options), deploy } })
}
