/** The syntax tree of a mapping template. Offsets count UTF-16 units from the start of the source. */

/** One operator of an expression, by its symbol; `and`, `eq` and the other words are turned into symbols. */
export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%'

/** One move along a reference: `.name`, `.name(arguments)` or `[index]`. */
export type ReferenceStep =
  | { readonly kind: 'property'; readonly name: string; readonly offset: number }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[]; readonly offset: number }
  | { readonly kind: 'index'; readonly index: Expression; readonly offset: number }

/** A reference such as `$foo.bar[0].baz('x')`, with its source text for when it is printed unevaluated. */
export type Reference = {
  readonly root: string
  readonly steps: readonly ReferenceStep[]
  readonly literal: string
  readonly offset: number
}

/** What has a value: literals, references and operators. */
export type Expression =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'interpolation'; readonly body: readonly Statement[]; readonly offset: number }
  | { readonly kind: 'integer'; readonly value: number | bigint; readonly offset: number }
  | { readonly kind: 'decimal'; readonly value: number; readonly offset: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly offset: number }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly offset: number }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression; readonly offset: number }
  | { readonly kind: 'map'; readonly entries: readonly MapEntrySyntax[]; readonly offset: number }
  | { readonly kind: 'reference'; readonly reference: Reference; readonly offset: number }
  | { readonly kind: 'not'; readonly operand: Expression; readonly offset: number }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
      readonly offset: number
    }

/** One `key : value` of a map literal. */
export type MapEntrySyntax = { readonly key: Expression; readonly value: Expression }

/** One `#if` or `#elseif` with its block. */
export type Branch = { readonly condition: Expression; readonly body: readonly Statement[] }

/** A macro as `#macro` defines it. */
export type MacroDefinition = {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: readonly Statement[]
  readonly offset: number
}

/** What a template does, in order. `backslashes` counts the ones that stand right before a reference. */
export type Statement =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'print'; readonly reference: Reference; readonly backslashes: number; readonly offset: number }
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression; readonly offset: number }
  | {
      readonly kind: 'if'
      readonly branches: readonly Branch[]
      readonly otherwise: readonly Statement[]
      readonly offset: number
    }
  | {
      readonly kind: 'foreach'
      readonly variable: string
      readonly source: Expression
      readonly body: readonly Statement[]
      readonly offset: number
    }
  | { readonly kind: 'macro'; readonly macro: MacroDefinition; readonly offset: number }
  | { readonly kind: 'define'; readonly variable: string; readonly body: readonly Statement[]; readonly offset: number }
  | {
      readonly kind: 'invoke'
      readonly name: string
      readonly parameters: readonly Expression[]
      readonly literal: string
      readonly offset: number
    }
  | { readonly kind: 'stop'; readonly offset: number }
  | { readonly kind: 'break'; readonly offset: number }

/** Something wrong in a template's source. Lines and columns count from 1. */
export type TemplateProblem = { readonly line: number; readonly column: number; readonly message: string }
