import type { DeploymentDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { DefinedMethod, Definition } from '../openapi/definition.ts'
import type { JsonValue } from '../source/source-node.ts'

/** The models of a method that a request can meet: those of a method whose validator checks the body. */
export function checkedModels({ document }: DefinedMethod): MethodDocument['requestModels'] {
  return document.requestValidator?.validateRequestBody === true ? document.requestModels : {}
}

/** Writes the models that validators reach; all others stay in the definition. */
export function compileModels(definition: Definition): DeploymentDocument['models'] {
  const reached = new Set(definition.resources.flatMap((resource) => resource.methods.flatMap((method) => Object.values(checkedModels(method)))))
  return Object.fromEntries(
    definition.models
      .filter((model) => reached.has(model.name))
      .map((model) => [model.name, { contentType: 'application/json', schema: toMutable(model.toSchema() ?? {}) }]),
  )
}

/** The schemas' type of JSON is not read-only; the value is the same. */
function toMutable(value: JsonValue): DeploymentDocument['models'][string]['schema'] {
  return value as DeploymentDocument['models'][string]['schema']
}
