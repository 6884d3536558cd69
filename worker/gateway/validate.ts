import { toText } from '../semantics/integrations/content-handling.ts'
import type { ModelValidator } from '../semantics/validation/model-validator.ts'
import { findMissingParameters } from '../semantics/validation/required-parameters.ts'
import type { Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 8. Checks parameters, then the body; one error at a time (aws-rest 4). Costs a method without validator nothing. */
export function validate(matched: Matched): void | Promise<void> {
  const { validation } = matched.method
  if (validation === null) return undefined
  const missing = validation.required.length === 0 ? [] : findMissingParameters(validation.required, matched.parameters())
  if (missing.length > 0) throw new GatewayRefusal('BAD_REQUEST_PARAMETERS', { message: `Missing required request parameters: [${missing.join(', ')}]` })
  const judge = validation.modelFor(matched.request.headers.get('content-type'))
  return judge === null ? undefined : validateBody(matched, judge)
}

async function validateBody(matched: Matched, judge: ModelValidator): Promise<void> {
  const violations = judge(toText(await matched.body.bytes()))
  if (violations === null) return
  const validationErrorString = `[${violations.join(', ')}]`
  const contentType = matched.request.headers.get('content-type') ?? 'application/json'
  throw new GatewayRefusal('BAD_REQUEST_BODY', { validationErrorString, note: `Request body does not match model schema for content type ${contentType}: ${validationErrorString}` })
}
