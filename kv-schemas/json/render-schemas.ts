import * as z from 'zod'
import { accountRuleSchema } from '../rule-files/account.ts'
import { apiKeysRuleSchema } from '../rule-files/api-keys.ts'
import { credentialsRuleSchema } from '../rule-files/credentials.ts'
import { domainsRuleSchema } from '../rule-files/domains.ts'
import { stageRuleSchema } from '../rule-files/stage.ts'
import { usagePlansRuleSchema } from '../rule-files/usage-plans.ts'

/** The rule files that have a schema, by the schema's name. */
const RULE_FILES: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  account: { title: 'rules/account.json: who owns the APIs, and the names that their definitions use', schema: accountRuleSchema },
  'api-keys': { title: 'rules/api-keys.json: the API keys of the account', schema: apiKeysRuleSchema },
  credentials: { title: 'rules/credentials.json: the IAM principals that may sign requests', schema: credentialsRuleSchema },
  domains: { title: 'rules/domains.json: the custom domains of the account', schema: domainsRuleSchema },
  'usage-plans': { title: 'rules/usage-plans.json: which stages a key opens, how fast and how much', schema: usagePlansRuleSchema },
  stage: { title: 'rules/apis/<apiId>/stages/<stage>.json: a stage, in the words of `aws apigateway get-stage`', schema: stageRuleSchema },
}

/** Writes the JSON Schema of every rule file, for editors: texts by file name. What a schema checks beyond its shape stays with `stagedoor validate`. */
export function renderSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(RULE_FILES).map(([name, { title, schema }]) => {
      const { $schema, ...shape } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' })
      return [`${name}.schema.json`, `${JSON.stringify({ $schema, title, ...shape }, null, 2)}\n`]
    }),
  )
}
