import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dereference, validate, type Schema } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { checkModelSchema } from '../../../../worker/semantics/validation/check-model.ts'
import { toDraft4Schema } from '../../../../worker/semantics/validation/draft-4-schema.ts'
import type { Json } from '../../../../worker/semantics/validation/json.ts'
import { VALIDATION_LIMITS } from '../../../../worker/semantics/validation/limits.ts'
import { compileModel } from '../../../../worker/semantics/validation/model-validator.ts'
import { samplesFolder } from '../../../samples.ts'

interface Group {
  readonly description: string
  readonly schema: Json
  readonly tests: readonly { readonly description: string; readonly data: Json; readonly valid: boolean }[]
}

const folder = `${samplesFolder}/json-schema-draft4`
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
if (files.length === 0) console.log(`skipped: no draft-4 suite in ${folder} (set STAGEDOOR_SAMPLES)`)

/** Where a reference leads out of the model, the model is refused at deploy, as Amazon refuses it; the suite's other documents are such. */
const OUTSIDE = /"\$ref":"(?:http:\/\/json-schema\.org|http:\/\/localhost:1234\/(?!tree|root|node|sibling|nested))|^refRemote/u

describe.skipIf(files.length === 0)('the draft-4 suite', () => {
  for (const file of files) {
    for (const group of JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as readonly Group[]) {
      const isOutside = file === 'refRemote.json' || OUTSIDE.test(JSON.stringify(group.schema))
      it(`${isOutside ? 'refuses' : 'takes'} the schema of ${file}: ${group.description}`, () => {
        expect(checkModelSchema(group.schema).length > 0).toBe(isOutside)
      })
      for (const { description, data, valid } of isOutside ? [] : group.tests) {
        it(`judges ${file}: ${group.description}: ${description}`, () => {
          const violations = compileModel(group.schema, VALIDATION_LIMITS)(JSON.stringify(data))
          expect(violations === null).toBe(valid)
          expect(violations).not.toEqual([])
        })
      }
    }
  }
})

describe.skipIf(files.length === 0)('the library, as the oracle', () => {
  for (const file of files.filter((name) => name !== 'refRemote.json')) {
    const groups = (JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as readonly Group[]).filter(({ schema }) => !OUTSIDE.test(JSON.stringify(schema)))
    const bodies = groups.flatMap(({ tests }) => tests.map(({ data }) => data))
    it(`judges every schema of ${file} over all ${bodies.length} values in the same way`, () => {
      for (const { description, schema } of groups) {
        const root = toDraft4Schema(schema) as Schema
        const lookup = dereference(root)
        const takes = compileModel(schema, VALIDATION_LIMITS)
        for (const body of bodies) {
          const name = `${description} ${JSON.stringify(body)}`
          expect([name, takes(JSON.stringify(body)) === null]).toEqual([name, validate(body, root, '4', lookup).valid])
        }
      }
    })
  }
})
