import { describe, expect, it } from 'vitest'
import { checkModelSchema } from '../../../../worker/semantics/validation/check-model.ts'
import type { Json } from '../../../../worker/semantics/validation/json.ts'
import { VALIDATION_LIMITS } from '../../../../worker/semantics/validation/limits.ts'
import { inlineModels } from '../../../../worker/semantics/validation/model-references.ts'
import { compileModel } from '../../../../worker/semantics/validation/model-validator.ts'

const address = (model: string): string => `https://apigateway.amazonaws.com/restapis/abc123/models/${model}`

const schemas: Readonly<Record<string, Json>> = {
  Pet: { type: 'object', required: ['name'], properties: { name: { $ref: '#/definitions/Text' }, owner: { $ref: address('Owner') } }, definitions: { Text: { type: 'string' } } },
  Owner: { type: 'object', properties: { pets: { type: 'array', items: { $ref: address('Pet') } }, text: { $ref: '#/definitions/Text' } }, definitions: { Text: { type: 'integer' } } },
  Optional: { type: 'object', properties: { pet: { oneOf: [{ type: 'null' }, { $ref: address('Pet') }] } } },
  Swagger: { type: 'object', properties: { pet: { $ref: '#/definitions/Pet' } } },
  Components: { type: 'object', properties: { name: { $ref: '#/components/schemas/Pet/definitions/Text' } } },
  Node: { type: 'object', properties: { next: { $ref: address('Node') }, here: { $ref: '#' } }, additionalProperties: false },
  Lost: { $ref: address('Nowhere') },
  Circle: { $ref: address('Circle') },
}

/** aws-rest 4.4. */
const rows: readonly (readonly [model: string, body: Json, fits: boolean])[] = [
  ['Pet', { name: 'a' }, true],
  ['Pet', { name: 1 }, false],
  ['Pet', { name: 'a', owner: { pets: [{ name: 'b' }], text: 1 } }, true],
  ['Pet', { name: 'a', owner: { pets: [{}] } }, false],
  ['Pet', { name: 'a', owner: { text: 'not a number' } }, false],
  ['Owner', { pets: [{ name: 'a', owner: { pets: [] } }] }, true],
  ['Owner', { pets: [{ name: 'a', owner: { pets: [1] } }] }, false],
  ['Optional', { pet: null }, true],
  ['Optional', { pet: { name: 'a' } }, true],
  ['Optional', { pet: {} }, false],
  ['Swagger', { pet: { name: 'a' } }, true],
  ['Swagger', { pet: {} }, false],
  ['Components', { name: 'a' }, true],
  ['Components', { name: 1 }, false],
  ['Node', { next: { next: { here: {} } } }, true],
  ['Node', { next: { next: { other: 1 } } }, false],
]

describe('models that refer to models', () => {
  for (const [model, body, fits] of rows) {
    it(`${model} ${fits ? 'takes' : 'refuses'} ${JSON.stringify(body)}`, () => {
      const schema = inlineModels(model, schemas)
      expect(checkModelSchema(schema)).toEqual([])
      expect(compileModel(schema, VALIDATION_LIMITS)(JSON.stringify(body)) === null).toBe(fits)
    })
  }

  it('finds a reference to a model that is not there', () => {
    expect(checkModelSchema(inlineModels('Lost', schemas))).toEqual([{ pointer: '/$ref', message: `"${address('Nowhere')}" leads to nothing inside the model` }])
  })

  it('finds a model that is only itself', () => {
    expect(checkModelSchema(inlineModels('Circle', schemas))).toEqual([{ pointer: '/$ref', message: '"#" leads in a circle' }])
  })
})
