/** A text that people wrote, and the name it goes by in messages. */
export interface Source {
  /** A path with forward slashes, relative to the rule folder. */
  readonly file: string
  readonly text: string
}
