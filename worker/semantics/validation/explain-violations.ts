import type { Schema } from '@cfworker/json-schema'
import { compileSchema, type Check, type CheckOf, type SchemaLookup } from './compile-schema.ts'
import { JAVA_MESSAGES } from './java-messages.ts'
import { isJsonArray, isJsonObject, readMember, type Json, type JsonObject } from './json.ts'

/** A model's schema as the library reads it, with the schemas that `$ref`s lead to, by absolute address. */
export interface PreparedSchema {
  readonly root: Schema | boolean
  readonly lookup: SchemaLookup
  readonly checkOf: CheckOf
  /** The keywords of a schema one by one, kept from the first complaint on. */
  readonly keywordsOf: (schema: Schema) => readonly LoneKeyword[]
}

/** One keyword of a schema, and how to judge by it alone. */
export interface LoneKeyword {
  readonly keyword: string
  readonly check: Check
}

/** Prepares the keywords of schemas, each at its first use. */
export function openKeywords(lookup: SchemaLookup, checkOf: CheckOf): PreparedSchema['keywordsOf'] {
  const held = new Map<Schema, readonly LoneKeyword[]>()
  return (schema) => {
    const known = held.get(schema)
    if (known !== undefined) return known
    const made = Object.keys(schema).sort().map((keyword) => ({ keyword, check: compileSchema(toLoneKeyword(schema, keyword), lookup, checkOf) }))
    held.set(schema, made)
    return made
  }
}

/**
 * Says what is wrong with an instance in the words and the order of the Java library: the keywords of a schema by name, then, unless something was wrong so far, the
 * elements in order or the properties by name. The compiled checks judge every keyword; this only finds the words.
 */
export function explainViolations(prepared: PreparedSchema, instance: Json, messagesMax: number): readonly string[] {
  const account: Account = { prepared, messages: [], messagesMax }
  explain(account, prepared.root, instance)
  return account.messages
}

interface Account {
  readonly prepared: PreparedSchema
  readonly messages: string[]
  readonly messagesMax: number
}

function explain(account: Account, schema: Schema | boolean, instance: Json): void {
  if (account.messages.length >= account.messagesMax || typeof schema === 'boolean') return
  const target = schema.$ref === undefined ? undefined : account.prepared.lookup[schema.__absolute_ref__ ?? schema.$ref]
  if (target !== undefined) {
    explain(account, target, instance)
    return
  }
  for (const lone of account.prepared.keywordsOf(schema)) explainKeyword(account, schema, lone, instance)
  if (account.messages.length > 0) return
  if (isJsonArray(instance)) explainElements(account, schema, instance)
  else if (isJsonObject(instance)) explainProperties(account, schema, instance)
}

function explainKeyword(account: Account, schema: Schema, { keyword, check }: LoneKeyword, instance: Json): void {
  switch (keyword) {
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return explainCount(account, keyword, schema[keyword] ?? [], instance)
    case 'additionalProperties':
      return explainAdditional(account, schema, instance)
    case 'dependencies':
      return explainDependencies(account, schema, instance)
    default:
  }
  const message = Object.hasOwn(JAVA_MESSAGES, keyword) ? JAVA_MESSAGES[keyword] : undefined
  if (message === undefined || check(instance)) return
  account.messages.push(message(schema[keyword] as Json, instance, schema))
}

/** A schema of one keyword and of what it is read together with. */
function toLoneKeyword(schema: Schema, keyword: string): Schema {
  const lone: Schema = { [keyword]: schema[keyword] as unknown }
  if (keyword === 'additionalItems' && Array.isArray(schema.items)) {
    lone.items = schema.items.map(() => true)
    lone.additionalItems = schema.additionalItems !== false
  }
  if (keyword === 'maximum' && schema.exclusiveMaximum !== undefined) lone.exclusiveMaximum = schema.exclusiveMaximum
  if (keyword === 'minimum' && schema.exclusiveMinimum !== undefined) lone.exclusiveMinimum = schema.exclusiveMinimum
  return lone
}

function explainCount(account: Account, keyword: 'allOf' | 'anyOf' | 'oneOf', schemas: readonly Schema[], instance: Json): void {
  const matched = schemas.filter((schema) => account.prepared.checkOf(schema)(instance)).length
  if (keyword === 'allOf' && matched < schemas.length) account.messages.push(`instance failed to match all required schemas (matched only ${matched} out of ${schemas.length})`)
  if (keyword === 'anyOf' && matched === 0) account.messages.push(`instance failed to match at least one required schema among ${schemas.length}`)
  if (keyword === 'oneOf' && matched !== 1) account.messages.push(`instance failed to match exactly one schema (matched ${matched} out of ${schemas.length})`)
}

function explainAdditional(account: Account, schema: Schema, instance: Json): void {
  if (schema.additionalProperties !== false || !isJsonObject(instance)) return
  const unwanted = Object.keys(instance).filter((name) => schemasOfProperty(schema, name).includes(false))
  if (unwanted.length > 0) account.messages.push(`object instance has properties which are not allowed by the schema: ${JSON.stringify(unwanted.sort())}`)
}

function explainDependencies(account: Account, schema: Schema, instance: Json): void {
  if (!isJsonObject(instance)) return
  for (const [name, dependency] of Object.entries(schema.dependencies ?? {})) {
    if (!Object.hasOwn(instance, name)) continue
    if (!Array.isArray(dependency)) {
      explain(account, dependency, instance)
      continue
    }
    const missing = dependency.filter((needed) => !Object.hasOwn(instance, needed))
    if (missing.length === 0) continue
    account.messages.push(`property ${JSON.stringify(name)} of object has missing property dependencies (schema requires ${JSON.stringify(dependency)}; missing: ${JSON.stringify(missing)})`)
  }
}

function explainElements(account: Account, schema: Schema, instance: readonly Json[]): void {
  const { items } = schema
  const additional = schema.additionalItems
  for (const [index, element] of instance.entries()) explain(account, (Array.isArray(items) ? (items[index] ?? additional) : items) ?? true, element)
}

function explainProperties(account: Account, schema: Schema, instance: JsonObject): void {
  for (const name of Object.keys(instance).sort()) {
    for (const inner of schemasOfProperty(schema, name)) explain(account, inner, readMember(instance, name) ?? null)
  }
}

/** The schemas of a property: by its name and by patterns, else that of additional properties. */
function schemasOfProperty(schema: Schema, name: string): readonly (Schema | boolean)[] {
  const { properties = {}, patternProperties = {} } = schema
  const own = Object.hasOwn(properties, name) ? [properties[name] ?? true] : []
  const byPattern = Object.entries(patternProperties).filter(([pattern]) => new RegExp(pattern, 'u').test(name))
  const found = [...own, ...byPattern.map(([, inner]) => inner)]
  return found.length > 0 ? found : [schema.additionalProperties ?? true]
}
