import { flagField, mapField, textField } from '../source/fields.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { Reading } from './reading.ts'

/** What a request validator checks (aws-rest 4.1). */
export interface RequestValidator {
  readonly validateRequestBody: boolean
  readonly validateRequestParameters: boolean
}

/** The validators of a definition, and the one of all its methods. */
export interface Validators {
  readonly named: ReadonlyMap<string, RequestValidator>
  /** What the root names for methods that name none. */
  readonly ofApi: RequestValidator | null
}

/** Reads `x-amazon-apigateway-request-validators`, and the root's choice among them. */
export function readValidators(reading: Reading): Validators {
  const { root, report } = reading
  const place = mapField(root, 'x-amazon-apigateway-request-validators', report)
  const named = new Map<string, RequestValidator>()
  for (const validator of place === null ? [] : childrenOf(place)) {
    named.set(String(validator.key), {
      validateRequestBody: flagField(validator, 'validateRequestBody', report) ?? false,
      validateRequestParameters: flagField(validator, 'validateRequestParameters', report) ?? false,
    })
  }
  return { named, ofApi: chooseValidator(root, { named, ofApi: null }, reading) }
}

/** The validator that a method (or the root) names, else that of the API (aws-rest 4.1). */
export function chooseValidator(place: Place, validators: Validators, { report }: Reading): RequestValidator | null {
  const key = 'x-amazon-apigateway-request-validator'
  const name = textField(place, key, report)
  if (name === null) return validators.ofApi
  const validator = validators.named.get(name)
  if (validator !== undefined) return validator
  report.error(childOf(place, key) ?? place, `Invalid Request Validator identifier specified: there is no validator ${JSON.stringify(name)}${didYouMean(name, validators.named.keys())}`)
  return null
}
