import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts'

/** Where a `$ref` leads: to a model of the API, or to a place inside it (a JSON pointer, empty for the whole). */
export interface ModelReference {
  readonly model: string
  readonly pointer: string
}

/** The address that a model gives of another one (aws-rest 4.4), and what definitions of OpenAPI write instead. */
const FORMS = [
  /^https:\/\/apigateway\.[^/]+\/restapis\/[^/]+\/models\/([^/#?]+)(?:#(\/.*)?)?$/u,
  /^#\/components\/schemas\/([^/]+)(\/.*)?$/u,
] as const
/** In Swagger 2 the models are the definitions of the document; inside a model that has `definitions` of its own, those are meant. */
const SWAGGER = /^#\/definitions\/([^/]+)(\/.*)?$/u

/** Reads a `$ref` as a reference to another model; null when it leads elsewhere, such as into the model itself. */
export function parseModelReference(reference: string, own: Json): ModelReference | null {
  for (const form of FORMS) {
    const [, model, pointer] = form.exec(reference) ?? []
    if (model !== undefined) return { model, pointer: pointer ?? '' }
  }
  const [, model, pointer] = SWAGGER.exec(reference) ?? []
  if (model === undefined || (isJsonObject(own) && isJsonObject(own['definitions']) && Object.hasOwn(own['definitions'], model))) return null
  return { model, pointer: pointer ?? '' }
}

/**
 * Makes a model stand alone: every model that it refers to, and those that these refer to, becomes one of its `definitions`, and each `$ref` leads there. Circles
 * stay circles. A reference to a model that the API does not have is left as it is, for `checkModelSchema` to find.
 */
export function inlineModels(name: string, schemas: Readonly<Record<string, Json>>): Json {
  const own = readSchema(schemas, name)
  if (!isJsonObject(own)) return own ?? {}
  const inlined = new Map<string, Json>()
  const root = rewrite(own, { name, own, place: '#', schemas, root: name, inlined })
  if (inlined.size === 0) return root
  const definitions = isJsonObject(own['definitions']) && isJsonObject(root) ? (root['definitions'] as JsonObject) : {}
  return { ...(root as JsonObject), definitions: { ...definitions, ...Object.fromEntries(Array.from(inlined, ([model, schema]) => [toKey(model), schema])) } }
}

interface Inlining {
  readonly name: string
  readonly own: Json
  /** Where the schema that is being rewritten stands in the result. */
  readonly place: string
  readonly schemas: Readonly<Record<string, Json>>
  /** The model that everything is put into. */
  readonly root: string
  readonly inlined: Map<string, Json>
}

function rewrite(schema: Json, inlining: Inlining): Json {
  if (isJsonArray(schema)) return schema.map((item) => rewrite(item, inlining))
  if (!isJsonObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === '$ref' && typeof value === 'string' ? rewriteReference(value, inlining) : rewrite(value, inlining)]),
  )
}

function rewriteReference(reference: string, inlining: Inlining): string {
  const found = parseModelReference(reference, inlining.own)
  if (found === null) return reference.startsWith('#') ? `${inlining.place}${reference.slice(1)}` : reference
  const { model, pointer } = found
  if (model === inlining.root) return `#${pointer}`
  const own = readSchema(inlining.schemas, model)
  if (own === undefined) return reference
  const place = `#/definitions/${toKey(model)}`
  if (!inlining.inlined.has(model)) {
    // Set first: a circle comes back here.
    inlining.inlined.set(model, {})
    inlining.inlined.set(model, rewrite(own, { ...inlining, name: model, own, place }))
  }
  return `${place}${pointer}`
}

/** A name that no definition of a model's own has. */
function toKey(model: string): string {
  return `model.${model}`
}

function readSchema(schemas: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(schemas, name) ? schemas[name] : undefined
}
