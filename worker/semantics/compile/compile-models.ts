import type { DeploymentDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { DefinedMethod, DefinedModel, Definition } from '../openapi/definition.ts'
import type { Report } from '../source/report.ts'
import { checkModelSchema } from '../validation/check-model.ts'
import type { JsonValue } from '../source/source-node.ts'

/** The models of a method that a request can meet: those of a method whose validator checks the body. */
export function checkedModels({ document }: DefinedMethod): MethodDocument['requestModels'] {
  return document.requestValidator?.validateRequestBody === true ? document.requestModels : {}
}

/** Writes the models that validators reach, and checks them; all others stay in the definition. */
export function compileModels(definition: Definition, report: Report): DeploymentDocument['models'] {
  const reached = new Set(definition.resources.flatMap((resource) => resource.methods.flatMap((method) => Object.values(checkedModels(method)))))
  const compiled = definition.models.filter((model) => reached.has(model.name)).map((model) => [model.name, { contentType: 'application/json', schema: compileModel(model, report) }] as const)
  return Object.fromEntries(compiled)
}

function compileModel(model: DefinedModel, report: Report): DeploymentDocument['models'][string]['schema'] {
  const schema = model.toSchema() ?? {}
  for (const { pointer, message } of checkModelSchema(schema)) report.error(model.at, `the model ${model.name} is no schema: ${pointer} ${message}`)
  return toMutable(schema)
}

/** The schemas' type of JSON is not read-only; the value is the same. */
function toMutable(value: JsonValue): DeploymentDocument['models'][string]['schema'] {
  return value as DeploymentDocument['models'][string]['schema']
}
