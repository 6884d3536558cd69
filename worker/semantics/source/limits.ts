/** Bounds of what a rule file may be. */
export const SOURCE_LIMITS = {
  /** Amazon takes 6 MB of OpenAPI (aws-rest 17); descriptions in the wild are larger, and a deployment of KV may have 25 MiB. */
  charactersMax: 32 * 1024 * 1024,
  /** Levels of nesting: deeper ones come from accidents and attacks, and would exhaust the stack. */
  depthMax: 256,
  /** Nodes after YAML aliases are counted out: what a "billion laughs" text would grow to. */
  nodesMax: 4_000_000,
  /** Syntax errors to show of one text. */
  syntaxErrorsMax: 20,
} as const

/** The limits as a type, so that tests can pass smaller ones. */
export type SourceLimits = Readonly<Record<keyof typeof SOURCE_LIMITS, number>>
