import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkModelSchema } from '../../../../worker/semantics/validation/check-model.ts'
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
