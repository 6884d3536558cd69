/** A function as a definition names it. */
export interface FunctionReference {
  readonly name: string
  /** An alias or a version; null when none is named. */
  readonly qualifier: string | null
  /** Null when only a name was given: the account's own region. */
  readonly region: string | null
  /** What the Invoke API takes in its path: the ARN without its qualifier, or the name. */
  readonly unqualified: string
}

const NAME = String.raw`[A-Za-z0-9_-]{1,140}`
const QUALIFIER = String.raw`\$LATEST|[A-Za-z0-9_-]{1,128}`
/** The ARN of a function: partition, region, account, name, qualifier. */
const ARN = new RegExp(String.raw`^(arn:aws[a-z-]*:lambda:([a-z0-9-]+):[0-9]{12}:function:(${NAME}))(?::(${QUALIFIER}))?$`, 'u')
const BARE = new RegExp(`^(${NAME})(?::(${QUALIFIER}))?$`, 'u')

/** Reads `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]` or `<name>[:<qualifier>]`; null when it is neither. */
export function parseFunctionReference(text: string): FunctionReference | null {
  const arn = ARN.exec(text)
  if (arn !== null) return { name: arn[3] ?? '', qualifier: arn[4] ?? null, region: arn[2] ?? null, unqualified: arn[1] ?? '' }
  const bare = BARE.exec(text)
  if (bare === null) return null
  return { name: bare[1] ?? '', qualifier: bare[2] ?? null, region: null, unqualified: bare[1] ?? '' }
}
