import type { HttpMethod } from '../../../kv-schemas/http-methods.ts'
import { mapField, textField } from '../source/fields.ts'
import type { Place } from '../source/place.ts'
import type { DefinedMethod } from './definition.ts'
import { warnUnknownOperationExtensions } from './extensions.ts'
import type { Authorizers } from './read-authorizers.ts'
import { readIntegration } from './read-integration.ts'
import { readMethodResponses } from './read-method-responses.ts'
import type { Models } from './read-models.ts'
import { readRequestModels } from './read-request-models.ts'
import { readParameters } from './read-parameters.ts'
import { readSecurity } from './read-security.ts'
import { chooseValidator, type Validators } from './read-validators.ts'
import type { Reading } from './reading.ts'

/** What reading an operation needs from the rest of the document. */
export interface OperationContext {
  readonly reading: Reading
  readonly models: Models
  readonly authorizers: Authorizers
  readonly validators: Validators
}

/** Where an operation stands. */
export interface OperationPlace extends OperationContext {
  readonly path: string
  readonly httpMethod: HttpMethod
  /** The parameters that all operations of the path share. */
  readonly shared: Place | null
}

/** Reads an operation: a method of a resource. */
export function readOperation(at: Place, context: OperationPlace): DefinedMethod {
  const { reading, httpMethod } = context
  warnUnknownOperationExtensions(at, reading)
  const parameters = readParameters(at, context)
  const integration = mapField(at, 'x-amazon-apigateway-integration', reading.report)
  return {
    at,
    httpMethod,
    document: {
      operationName: textField(at, 'operationId', reading.report),
      ...readSecurity(at, context),
      requestParameters: parameters.requestParameters,
      requestModels: readRequestModels(at, parameters.body, context),
      requestValidator: chooseValidator(at, context.validators, reading),
      methodResponses: readMethodResponses(at, reading),
    },
    integration: integration === null ? null : readIntegration(integration, reading),
  }
}
