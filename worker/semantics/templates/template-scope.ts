/** A value of `$context` as the gateway hands it in. */
export type ContextValue =
  | string
  | number
  | boolean
  | null
  | readonly ContextValue[]
  | { readonly [name: string]: ContextValue | undefined }

/** The variables of `$context`; members that are undefined are not there. */
export type ContextVariables = { readonly [name: string]: ContextValue | undefined }

/** The value of an overridden parameter; a list gives a header, or a parameter of the query, several values. */
export type OverrideValue = string | readonly string[]

/** Parameters overridden by a template, by name. Records without a prototype. */
export type OverriddenParameters = Readonly<Record<string, OverrideValue>>

/**
 * What a template wrote into `$context.requestOverride` and `$context.responseOverride`. A status is one from 100 to 599:
 * others are ignored. `custom` holds whatever else was set there, for a later template to read.
 */
export type Overrides = {
  readonly requestOverride: {
    readonly header: OverriddenParameters
    readonly path: OverriddenParameters
    readonly querystring: OverriddenParameters
    readonly custom: Readonly<Record<string, ContextValue>>
  }
  readonly responseOverride: {
    readonly header: OverriddenParameters
    readonly status?: number
    readonly custom: Readonly<Record<string, ContextValue>>
  }
}

/**
 * What a template can see. `body` is text. `params` are the client's, decoded, a name with several values already reduced to
 * one. `overrides` are those that the request template left, and are given for a response template only: it is told by them.
 */
export type TemplateScope = {
  readonly body: string
  readonly params: {
    readonly path: Readonly<Record<string, string>>
    readonly querystring: Readonly<Record<string, string>>
    readonly header: Readonly<Record<string, string>>
  }
  readonly context: ContextVariables
  readonly stageVariables: Readonly<Record<string, string>>
  readonly overrides?: Overrides
}
