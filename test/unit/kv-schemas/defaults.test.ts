import { expect, it } from 'vitest'
import { DEFAULT_ACCOUNT, DEFAULT_METHOD_SETTING, DEFAULT_STAGE_RULE } from '../../../kv-schemas/defaults.ts'
import { accountSchema } from '../../../kv-schemas/documents/account.ts'
import { DOCUMENT_SCHEMA } from '../../../kv-schemas/keys.ts'
import { methodSettingSchema, stageRuleSchema } from '../../../kv-schemas/rule-files/stage.ts'

const PAIRS = [
  { name: 'the account', written: DEFAULT_ACCOUNT, parsed: accountSchema.parse({ schema: DOCUMENT_SCHEMA }) },
  { name: 'the settings of a method', written: DEFAULT_METHOD_SETTING, parsed: methodSettingSchema.parse({}) },
  { name: 'the rule of a stage', written: DEFAULT_STAGE_RULE, parsed: stageRuleSchema.parse({}) },
]

for (const { name, written, parsed } of PAIRS) {
  it(`${name} by default is what its schema fills in`, () => {
    expect(written).toStrictEqual(parsed)
  })
}
