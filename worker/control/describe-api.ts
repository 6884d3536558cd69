import * as z from 'zod'
import { problemSchema } from './problem.ts'
import type { ControlRoute, RequestSchemas } from './route.ts'

/** Describes routes as an OpenAPI 3.1 document: the schemas that check a call are the schemas that it shows. */
export function describeApi(routes: readonly ControlRoute[], basePath: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) (paths[route.config.path] ??= {})[route.config.method] = describeOperation(route)
  return {
    openapi: '3.1.0',
    info: { title: 'Stagedoor control API', version: '1' },
    servers: [{ url: basePath }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  }
}

function describeOperation({ role, config: { summary, request = {}, answer } }: ControlRoute): object {
  return {
    summary,
    security: [{ token: [role] }],
    parameters: describeParameters(request),
    ...(request.body === undefined ? {} : { requestBody: { required: true, content: describeContent('application/json', request.body, 'input') } }),
    responses: {
      [answer.status]: { description: answer.description, ...(answer.schema === undefined ? {} : { content: describeContent('application/json', answer.schema, 'output') }) },
      default: { description: 'A problem', content: describeContent('application/problem+json', problemSchema, 'output') },
    },
  }
}

function describeParameters({ params, query, headers }: RequestSchemas): object[] {
  const places = [
    ['path', params],
    ['query', query],
    ['header', headers],
  ] as const
  return places.flatMap(([place, schema]) => {
    const { properties = {}, required = [] } = schema === undefined ? {} : toJsonSchema(schema, 'input')
    return Object.entries(properties).map(([name, property]) => ({ name, in: place, required: required.includes(name), schema: property }))
  })
}

function describeContent(type: string, schema: z.ZodType, io: 'input' | 'output'): object {
  return { [type]: { schema: toJsonSchema(schema, io) } }
}

/** What a schema checks beyond its shape has no words in JSON Schema. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return shape
}
