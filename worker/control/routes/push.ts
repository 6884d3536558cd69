import { pushAnswerSchema } from '../../../kv-schemas/control-api/answers.ts'
import { attributionSchema, pushRequestSchema } from '../../../kv-schemas/control-api/requests.ts'
import { planRules, pushRules } from '../push-rules.ts'
import { controlRoute, createRouteGroup, jsonAnswer } from '../route.ts'

const push = controlRoute('deploy', {
  method: 'post',
  path: '/push',
  summary: 'Takes a rule folder: checks it, keeps it as drafts, applies stage settings and account documents, and deploys where asked',
  request: { query: attributionSchema, body: pushRequestSchema },
  answer: jsonAnswer('What the push did, or would do', pushAnswerSchema),
})

const plan = controlRoute('read', {
  method: 'post',
  path: '/plan',
  summary: 'Says what a push of the same body would do: what each stage would run, which routes, limits and account documents would differ',
  request: { body: pushRequestSchema },
  answer: jsonAnswer('What the push would do', pushAnswerSchema),
})

/** `POST /push` and `POST /plan`. */
export const pushRoutes = createRouteGroup()
  .on(push, (c) => pushRules(c.req.valid('json'), { env: c.env, actor: c.var.actor, attribution: c.req.valid('query') }))
  .on(plan, (c) => planRules(c.req.valid('json'), { env: c.env, actor: c.var.actor, attribution: {} }))
