/** What one template may cost. Passed in, so that tests can shrink each number. */
export type TemplateLimits = {
  readonly templateBytesMax: number
  readonly foreachRoundsMax: number
  readonly stepsMax: number
  readonly textCharsMax: number
  readonly syntaxDepthMax: number
  readonly chainLengthMax: number
  readonly macroDepthMax: number
  readonly jsonDepthMax: number
  readonly valueDepthMax: number
}

/** The limits of mapping templates, each with its source. */
export const TEMPLATE_LIMITS: TemplateLimits = {
  // Amazon's quota: 300 KB for a mapping template.
  templateBytesMax: 300 * 1024,
  // Amazon's quota: 1000 rounds of one #foreach.
  foreachRoundsMax: 1000,
  // Ours: about 100 ms of a Worker's time; a 100-element loop takes some 1,500 steps.
  stepsMax: 1_000_000,
  // Amazon's quota for a payload, 10 MB, held against every text a template builds, its output included.
  textCharsMax: 10 * 1024 * 1024,
  // Ours: blocks, brackets and arguments inside one another; keeps the parser off the end of the stack.
  syntaxDepthMax: 100,
  // Ours: operators of one expression, or steps of one reference; each is a call inside a call when it runs.
  chainLengthMax: 1000,
  // Velocity's own default (velocimacro.max.depth).
  macroDepthMax: 20,
  // json-smart, the JSON reader behind Jayway's JSONPath, stops at 400.
  jsonDepthMax: 400,
  // Ours: room for a body of full depth wrapped a few times more, far from the end of the stack.
  valueDepthMax: 500,
}
