import { describe, expect, it } from 'vitest'
import { checkModelSchema } from '../../../../worker/semantics/validation/check-model.ts'
import type { Json } from '../../../../worker/semantics/validation/json.ts'
import { VALIDATION_LIMITS } from '../../../../worker/semantics/validation/limits.ts'
import { compileModel } from '../../../../worker/semantics/validation/model-validator.ts'

/** The texts of Amazon's library, in its order: keywords by name, then elements in order, properties by name (aws-rest 4.3). */
const rows: readonly (readonly [name: string, schema: Json, body: string, violations: readonly string[] | null])[] = [
  ['a missing property', { required: ['name'] }, '{}', ['object has missing required properties (["name"])']],
  ['several missing properties by name', { required: ['b', 'a'] }, '{"c":1}', ['object has missing required properties (["a","b"])']],
  ['a wrong type', { properties: { a: { type: 'number' } } }, '{"a":"x"}', ['instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])']],
  ['one of two types', { type: ['string', 'null'] }, '1', ['instance type (integer) does not match any allowed primitive type (allowed: ["null","string"])']],
  ['an empty body is an object', { type: 'array' }, '', ['instance type (object) does not match any allowed primitive type (allowed: ["array"])']],
  ['an empty body fits an object', { type: 'object' }, '', null],
  ['two properties, by name', { properties: { b: { type: 'string' }, a: { type: 'string' } } }, '{"b":1,"a":1}', [
    'instance type (integer) does not match any allowed primitive type (allowed: ["string"])',
    'instance type (integer) does not match any allowed primitive type (allowed: ["string"])',
  ]],
  ['nothing below a schema that failed', { required: ['c'], properties: { a: { type: 'string' } } }, '{"a":1}', ['object has missing required properties (["c"])']],
  ['more than allowed', { properties: { a: {} }, additionalProperties: false }, '{"z":1,"a":1,"y":1}', ['object instance has properties which are not allowed by the schema: ["y","z"]']],
  ['an enum', { enum: ['a', 'b'] }, '"c"', ['instance value ("c") not found in enum (possible values: ["a","b"])']],
  ['a maximum', { maximum: 10 }, '11', ['numeric instance is greater than the required maximum (maximum: 10, found: 11)']],
  ['an exclusive maximum', { maximum: 10, exclusiveMaximum: true }, '10', ['numeric instance is not strictly lower than the required maximum 10']],
  ['a minimum', { minimum: 1.5 }, '1', ['numeric instance is lower than the required minimum (minimum: 1.5, found: 1)']],
  ['an exclusive minimum', { minimum: 1, exclusiveMinimum: true }, '1', ['numeric instance is not strictly greater than the required minimum 1']],
  ['a long text', { maxLength: 2 }, '"abc"', ['string "abc" is too long (length: 3, maximum allowed: 2)']],
  ['a short text', { minLength: 2 }, '"a"', ['string "a" is too short (length: 1, required minimum: 2)']],
  ['a pattern', { pattern: '^[a-z]+$' }, '"A"', ['ECMA 262 regex "^[a-z]+$" does not match input string "A"']],
  ['a format', { format: 'email' }, '"no"', ['string "no" is not a valid email address']],
  ['many elements', { maxItems: 1 }, '[1,2]', ['array is too long: must have at most 1 elements but instance has 2 elements']],
  ['few elements', { minItems: 1 }, '[]', ['array is too short: must have at least 1 elements but instance has 0 elements']],
  ['equal elements', { uniqueItems: true }, '[1,1]', ['array must not contain duplicate elements']],
  ['elements beyond a tuple', { items: [{}], additionalItems: false }, '[1,2]', ['schema only allows 1 elements in array but instance has 2 elements']],
  ['many properties', { maxProperties: 1 }, '{"a":1,"b":2}', ['object has too many properties (found 2 but schema requires at most 1)']],
  ['few properties', { minProperties: 1 }, '{}', ['object has too few properties (found 0 but schema requires at least 1)']],
  ['no multiple', { multipleOf: 2 }, '3', ['remainder of division is not zero (3 / 2)']],
  ['a missing dependency', { dependencies: { a: ['b', 'c'] } }, '{"a":1,"b":1}', ['property "a" of object has missing property dependencies (schema requires ["b","c"]; missing: ["c"])']],
  ['a schema as dependency', { dependencies: { a: { required: ['b'] } } }, '{"a":1}', ['object has missing required properties (["b"])']],
  ['not', { not: {} }, '1', ['instance matched a schema which it should not have']],
  ['all of', { allOf: [{ type: 'integer' }, { minimum: 2 }] }, '1', ['instance failed to match all required schemas (matched only 1 out of 2)']],
  ['any of', { anyOf: [{ type: 'string' }, { minimum: 2 }] }, '1', ['instance failed to match at least one required schema among 2']],
  ['one of', { oneOf: [{ type: 'integer' }, { minimum: 1 }] }, '1', ['instance failed to match exactly one schema (matched 2 out of 2)']],
  ['behind a reference', { properties: { a: { $ref: '#/definitions/A' } }, definitions: { A: { type: 'string' } } }, '{"a":1}', ['instance type (integer) does not match any allowed primitive type (allowed: ["string"])']],
  ['in an element', { items: { type: 'string' } }, '["a",1,2]', [
    'instance type (integer) does not match any allowed primitive type (allowed: ["string"])',
    'instance type (integer) does not match any allowed primitive type (allowed: ["string"])',
  ]],
  ['keywords of later drafts do not count', { const: 1, if: {}, else: { type: 'string' }, contains: { type: 'string' }, propertyNames: { maxLength: 0 } }, '{"a":1}', null],
  ['no JSON', {}, '{"a":', ['the body is not valid JSON']],
  ['NUL bytes', {}, '\u0000\u0000', ['the body is not valid JSON']],
  ['a byte order mark is no part of the text', { type: 'object' }, '\uFEFF{}', null],
  ['a key called __proto__ is a key', { additionalProperties: false }, '{"__proto__":{"a":1}}', ['object instance has properties which are not allowed by the schema: ["__proto__"]']],
  ['a required __proto__ is missed', { required: ['__proto__'] }, '{}', ['object has missing required properties (["__proto__"])']],
  ['a required toString is missed', { required: ['toString'] }, '{}', ['object has missing required properties (["toString"])']],
  ['patterns of older engines', { pattern: '^[\\w-.]+\\@[a-z\\_]{1,3}}$' }, '"a-b.c@d_}"', null],
]

describe('violations', () => {
  for (const [name, schema, body, violations] of rows) {
    it(`says ${name}`, () => {
      expect(checkModelSchema(schema)).toEqual([])
      expect(compileModel(schema, VALIDATION_LIMITS)(body)).toEqual(violations)
    })
  }
})

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

describe('hostile bodies', () => {
  const tree: Json = { properties: { a: { $ref: '#' } }, items: { $ref: '#' }, uniqueItems: true }
  const bodies: readonly (readonly [name: string, body: string])[] = [
    ['a megabyte of nested arrays', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['a megabyte of nested objects', `${'{"a":'.repeat(180_000)}1${'}'.repeat(180_000)}`],
    ['a megabyte of open brackets', '['.repeat(1_000_000)],
    ['a long array with two equal elements', JSON.stringify([...Array.from({ length: 100_000 }, (_, index) => index), 5])],
    ['many objects, two of them equal', JSON.stringify([...Array.from({ length: 30_000 }, (_, index) => ({ index, of: [1, { a: 2 }] })), { of: [1, { a: 2 }], index: 7 }])],
    ['brackets inside texts', `{"a":"${'['.repeat(1000)}\\"","b":"\\\\"}x`],
  ]
  for (const [name, body] of bodies) {
    it(`refuses ${name}`, () => {
      expect(compileModel(tree, VALIDATION_LIMITS)(body)).toHaveLength(1)
    })
  }

  it('takes as many levels as the limit says', () => {
    expect(compileModel({ type: 'array' }, VALIDATION_LIMITS)(nested(400))).toBeNull()
    expect(compileModel({ type: 'array' }, VALIDATION_LIMITS)(nested(401))).toEqual(['the body nests deeper than 400 levels'])
  })

  it('takes deep trees in recursive models, and refuses what would overflow the stack', () => {
    expect(compileModel(tree, VALIDATION_LIMITS)(nested(100))).toBeNull()
    expect(compileModel(tree, { ...VALIDATION_LIMITS, nestingMax: 100_000 })(nested(20_000))).toEqual(['the body nests too deeply for its model'])
  })

  it('does not list complaints without end', () => {
    const schema: Json = { items: { type: 'string' } }
    expect(compileModel(schema, { ...VALIDATION_LIMITS, messagesMax: 3 })('[1,2,3,4,5]')).toHaveLength(3)
  })
})

describe('models that are refused at deploy', () => {
  const models: readonly (readonly [schema: Json, pointer: string])[] = [
    [{ type: 'text' }, '/type'],
    [{ type: ['string', 'any'] }, '/type'],
    [{ pattern: '(' }, '/pattern'],
    [{ patternProperties: { '[': {} } }, '/patternProperties/['],
    [{ properties: [] }, '/properties'],
    [{ allOf: [] }, '/allOf'],
    [{ items: { $ref: '#/definitions/none' } }, '/items/$ref'],
    [{ items: { $ref: 'http://example.com/schema.json' } }, '/items/$ref'],
    [{ $ref: '#' }, '/$ref'],
    [{ definitions: { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } } }, '/definitions/a/$ref'],
    [{ properties: { 'a/b': { not: { type: 1 } } } }, '/properties/a~1b/not/type'],
  ]
  for (const [schema, pointer] of models) {
    it(`refuses ${JSON.stringify(schema)}`, () => {
      expect(checkModelSchema(schema).map((problem) => problem.pointer)).toContain(pointer)
    })
  }
})
