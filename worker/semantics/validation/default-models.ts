import type { Json } from './json.ts'

/** The models that every API has (aws-rest 4.4). */
export const DEFAULT_MODELS: ReadonlyMap<string, Json> = new Map([
  ['Empty', { $schema: 'http://json-schema.org/draft-04/schema#', title: 'Empty Schema', type: 'object' }],
  ['Error', { $schema: 'http://json-schema.org/draft-04/schema#', title: 'Error Schema', type: 'object', properties: { message: { type: 'string' } } }],
])
