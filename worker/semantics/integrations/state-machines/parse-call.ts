import { parseExecutionArn, parseMachineArn, type ExecutionName, type MachineName } from './arn.ts'
import { statesError, type StatesAnswer } from './answer.ts'

/** A call of Step Functions that an embedded state machine answers. */
export type StatesCall =
  | { readonly action: 'StartExecution' | 'StartSyncExecution'; readonly machine: MachineName; readonly name: string | null; readonly input: string; readonly traceHeader: string | null }
  | { readonly action: 'DescribeExecution'; readonly execution: ExecutionName; readonly executionArn: string }
  | { readonly action: 'StopExecution'; readonly execution: ExecutionName; readonly executionArn: string; readonly error: string | null; readonly cause: string | null }

/** What a body turned out to be. */
export type CallReading = { readonly ok: true; readonly call: StatesCall } | { readonly ok: false; readonly answer: StatesAnswer }

/** Lengths that Step Functions allows (aws-websocket-and-services C2). */
const LIMITS = { arnCharactersMax: 256, nameCharactersMax: 80, inputBytesMax: 262_144, errorCharactersMax: 256, causeCharactersMax: 32_768, traceHeaderCharactersMax: 256 } as const

/** The ARN that a call is about, wherever it stands; null when the body has none. It says who answers: an embedded machine or Amazon. */
export function machineOfCall(body: string): string | null {
  const value = parseObject(body)
  if (value === null) return null
  const { stateMachineArn, executionArn } = value
  if (typeof stateMachineArn === 'string') return parseMachineArn(stateMachineArn)?.machine ?? null
  return typeof executionArn === 'string' ? (parseExecutionArn(executionArn)?.machine ?? null) : null
}

/** Reads a call; a wrong one gets Step Functions' own error (aws-websocket-and-services C3). */
export function parseStatesCall(action: string, body: string): CallReading {
  const members = parseObject(body)
  if (members === null) return refused('SerializationException', 'Unexpected token in the request body')
  switch (action) {
    case 'StartExecution':
    case 'StartSyncExecution':
      return parseStart(action, members)
    case 'DescribeExecution':
    case 'StopExecution':
      return parseAboutExecution(action, members)
    default:
      return refused('UnknownOperationException', `An embedded state machine has no operation ${action}`)
  }
}

type Members = Readonly<Record<string, unknown>>

function parseStart(action: 'StartExecution' | 'StartSyncExecution', members: Members): CallReading {
  const wrong = violations(members, { stateMachineArn: LIMITS.arnCharactersMax, name: LIMITS.nameCharactersMax, traceHeader: LIMITS.traceHeaderCharactersMax }, 'stateMachineArn', 'input')
  if (wrong !== null) return wrong
  const arn = textOf(members, 'stateMachineArn') ?? ''
  const machine = parseMachineArn(arn)
  if (machine === null) return refused('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`)
  const name = textOf(members, 'name')
  if (name !== null && !isExecutionName(name)) return refused('InvalidName', `Invalid Name: '${name}'`)
  const input = textOf(members, 'input') ?? '{}'
  const reason = wrongInput(input)
  if (reason !== null) return refused('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`)
  return { ok: true, call: { action, machine, name, input, traceHeader: textOf(members, 'traceHeader') } }
}

function parseAboutExecution(action: 'DescribeExecution' | 'StopExecution', members: Members): CallReading {
  const wrong = violations(members, { executionArn: LIMITS.arnCharactersMax, error: LIMITS.errorCharactersMax, cause: LIMITS.causeCharactersMax }, 'executionArn')
  if (wrong !== null) return wrong
  const executionArn = textOf(members, 'executionArn') ?? ''
  const execution = parseExecutionArn(executionArn)
  if (execution === null) return refused('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${executionArn}'`)
  if (execution.kind === 'express') return refused('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'")
  if (action === 'DescribeExecution') return { ok: true, call: { action, execution, executionArn } }
  return { ok: true, call: { action, execution, executionArn, error: textOf(members, 'error'), cause: textOf(members, 'cause') } }
}

/** Every violated constraint in one error, as the service's own validation tells them. */
function violations(members: Members, lengthsMax: Readonly<Record<string, number>>, required: string, ...otherTexts: readonly string[]): CallReading | null {
  const found: string[] = []
  if (members[required] === undefined || members[required] === null) found.push(violation(null, required, 'Member must not be null'))
  for (const [name, max] of Object.entries(lengthsMax)) {
    const value = textOf(members, name)
    if (value !== null && value.length === 0) found.push(violation(value, name, 'Member must have length greater than or equal to 1'))
    if (value !== null && value.length > max) found.push(violation(value, name, `Member must have length less than or equal to ${max}`))
  }
  const notText = [...Object.keys(lengthsMax), ...otherTexts].find((name) => members[name] !== undefined && members[name] !== null && typeof members[name] !== 'string')
  if (notText !== undefined) return refused('SerializationException', `${notText} is not a string`)
  if (found.length === 0) return null
  return refused('ValidationException', `${found.length} validation error${found.length === 1 ? '' : 's'} detected: ${found.join('; ')}`)
}

function violation(value: string | null, field: string, constraint: string): string {
  return `Value ${value === null ? 'null' : `'${value}'`} at '${field}' failed to satisfy constraint: ${constraint}`
}

/** No blanks, brackets, wildcards, control characters and the rest of the list in aws-websocket-and-services C2. */
function isExecutionName(name: string): boolean {
  return !/[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u.test(name)
}

/** Why a text is no input; null when it is one. Any JSON value is. */
function wrongInput(input: string): string | null {
  if (input === '') return 'Invalid execution input.'
  if (new TextEncoder().encode(input).byteLength > LIMITS.inputBytesMax) return `Input is larger than ${LIMITS.inputBytesMax} bytes`
  try {
    JSON.parse(input)
    return null
  } catch {
    const token = /^\s*([A-Za-z_$][\w$]*)/u.exec(input)?.[1]
    if (token === undefined) return 'Invalid execution input.'
    return `Unrecognized token '${token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`
  }
}

function parseObject(body: string): Members | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null
  } catch {
    return null
  }
}

function textOf(members: Members, name: string): string | null {
  const value = Object.hasOwn(members, name) ? members[name] : undefined
  return typeof value === 'string' ? value : null
}

function refused(code: string, message: string): CallReading {
  return { ok: false, answer: statesError(code, message) }
}
