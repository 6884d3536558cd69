import { dereference, type Schema } from '@cfworker/json-schema'
import { toDraft4Schema } from './draft-4-schema.ts'
import { isJsonArray, isJsonObject, readMember, type Json, type JsonObject } from './json.ts'
import { toUnicodePattern } from './schema-pattern.ts'

/** What is wrong with a model's schema, and where in it (a JSON pointer). */
export interface ModelProblem {
  readonly pointer: string
  readonly message: string
}

const TYPES: ReadonlySet<string> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])

/** Finds what would keep a model from judging bodies: `$ref`s that lead nowhere or in circles, patterns that are none, unknown types. */
export function checkModelSchema(schema: Json): readonly ModelProblem[] {
  const problems: ModelProblem[] = []
  checkSchema(schema, '', problems)
  return problems.length > 0 ? problems : checkReferences(schema)
}

function checkSchema(schema: Json, pointer: string, problems: ModelProblem[]): void {
  if (!isJsonObject(schema)) return
  checkType(schema, pointer, problems)
  checkPattern(readMember(schema, 'pattern'), `${pointer}/pattern`, problems)
  for (const keyword of ['additionalItems', 'additionalProperties', 'items', 'not'] as const) {
    const inner = readMember(schema, keyword)
    if (isJsonArray(inner)) checkList(inner, `${pointer}/${keyword}`, problems)
    else if (inner !== undefined) checkSchema(inner, `${pointer}/${keyword}`, problems)
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) checkAlternatives(readMember(schema, keyword), `${pointer}/${keyword}`, problems)
  for (const keyword of ['definitions', 'dependencies', 'patternProperties', 'properties'] as const) checkMap(readMember(schema, keyword), `${pointer}/${keyword}`, problems)
}

function checkList(schemas: readonly Json[], pointer: string, problems: ModelProblem[]): void {
  for (const [index, schema] of schemas.entries()) checkSchema(schema, `${pointer}/${index}`, problems)
}

function checkAlternatives(schemas: Json | undefined, pointer: string, problems: ModelProblem[]): void {
  if (schemas === undefined) return
  if (isJsonArray(schemas) && schemas.length > 0) checkList(schemas, pointer, problems)
  else problems.push({ pointer, message: 'is a list of one schema or more' })
}

function checkMap(schemas: Json | undefined, pointer: string, problems: ModelProblem[]): void {
  if (schemas === undefined) return
  if (!isJsonObject(schemas)) {
    problems.push({ pointer, message: 'has a schema for each name' })
    return
  }
  for (const [name, schema] of Object.entries(schemas)) {
    const at = `${pointer}/${toPointerPart(name)}`
    if (pointer.endsWith('/patternProperties')) checkPattern(name, at, problems)
    checkSchema(schema, at, problems)
  }
}

function checkType({ type }: JsonObject, pointer: string, problems: ModelProblem[]): void {
  if (type === undefined) return
  for (const name of isJsonArray(type) ? type : [type]) {
    if (typeof name !== 'string' || !TYPES.has(name)) problems.push({ pointer: `${pointer}/type`, message: `${JSON.stringify(name)} is no type of JSON Schema draft 4: ${Array.from(TYPES).join(', ')}` })
  }
}

function checkPattern(pattern: Json | undefined, pointer: string, problems: ModelProblem[]): void {
  if (typeof pattern !== 'string') return
  if (toUnicodePattern(pattern) === null) problems.push({ pointer, message: `${JSON.stringify(pattern)} is no regular expression of ECMA 262` })
}

/** A reference must lead to a schema of the model, and not in a circle of references alone. */
function checkReferences(schema: Json): readonly ModelProblem[] {
  const problems: ModelProblem[] = []
  const lookup = dereference(toDraft4Schema(schema) as Schema)
  for (const [address, found] of Object.entries(lookup)) {
    if (typeof found === 'boolean' || typeof found.$ref !== 'string') continue
    const problem = followReference(found, lookup)
    if (problem !== null) problems.push({ pointer: `${address.split('#', 2)[1] ?? ''}/$ref`, message: `${JSON.stringify(found.$ref)} ${problem}` })
  }
  return problems
}

function followReference(start: Schema, lookup: Readonly<Record<string, Schema | boolean>>): string | null {
  const seen = new Set<Schema>()
  let schema: Schema | boolean | undefined = start
  while (typeof schema === 'object' && typeof schema.$ref === 'string') {
    if (seen.has(schema)) return 'leads in a circle'
    seen.add(schema)
    schema = lookup[schema.__absolute_ref__ ?? schema.$ref]
  }
  return schema === undefined ? 'leads to nothing inside the model' : null
}

function toPointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
