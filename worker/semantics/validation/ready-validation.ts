import type { DeploymentDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { chooseModel } from './choose-model.ts'
import { DEFAULT_MODELS } from './default-models.ts'
import type { Json } from './json.ts'
import { VALIDATION_LIMITS } from './limits.ts'
import { compileModel, type ModelValidator } from './model-validator.ts'
import { toRequiredParameters, type RequiredParameter } from './required-parameters.ts'

/** What a method checks before its integration is called, prepared: made once per method and isolate. */
export interface ReadyValidation {
  readonly required: readonly RequiredParameter[]
  /** The judge of bodies of a content type; null when such bodies are not validated. */
  readonly modelFor: (contentType: string | null) => ModelValidator | null
}

/** Prepares the checks of a method; null when it has no validator, or one that has nothing to check (aws-rest 4.1). */
export function compileValidation(document: MethodDocument, models: DeploymentDocument['models']): ReadyValidation | null {
  const { requestValidator, requestParameters, requestModels } = document
  if (requestValidator === null) return null
  const required = requestValidator.validateRequestParameters ? toRequiredParameters(requestParameters) : []
  const named = requestValidator.validateRequestBody ? requestModels : {}
  if (required.length === 0 && Object.keys(named).length === 0) return null
  const ready = new Map<string, ModelValidator | null>()
  return {
    required,
    modelFor(contentType) {
      const name = chooseModel(named, contentType)
      if (name === null) return null
      const held = ready.get(name)
      if (held !== undefined) return held
      const schema = schemaOf(name, models)
      const made = schema === undefined ? null : compileModel(schema, VALIDATION_LIMITS)
      ready.set(name, made)
      return made
    },
  }
}

function schemaOf(name: string, models: DeploymentDocument['models']): Json | undefined {
  return Object.hasOwn(models, name) ? models[name]?.schema : DEFAULT_MODELS.get(name)
}
