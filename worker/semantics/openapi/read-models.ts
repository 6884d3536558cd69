import type { Place } from '../source/place.ts'
import type { DefinedModel } from './definition.ts'
import { toModelSchema } from './model-schema.ts'
import type { Reading } from './reading.ts'
import { modelNameOf, refOf } from './refs.ts'
import { toShortId } from './short-id.ts'

/** The models that methods name. */
export interface Models {
  /** The model's name: that of the component that a schema refers to, or one made for a schema that stands in place. */
  nameOf(schema: Place, owner: string): string
  defined(): readonly DefinedModel[]
}

/** Starts the list of models of a definition. Only what a method takes as body becomes a model: nothing else is ever checked. */
export function createModels(reading: Reading): Models {
  const models = new Map<string, DefinedModel>()
  return {
    nameOf(schema, owner) {
      const ref = refOf(schema)
      // Amazon names such a model MODEL and six digits; the digits are its own.
      const name = (ref === null ? null : modelNameOf(ref, reading)) ?? `MODEL${toShortId(owner)}`
      if (!models.has(name)) models.set(name, { at: schema, name, toSchema: () => toModelSchema(schema, reading) })
      return name
    },
    defined: () => [...models.values()],
  }
}
