/** A state machine as its ARN names it; a version or alias behind the name does not matter to an embedded one. */
export interface MachineName {
  readonly region: string
  readonly accountId: string
  readonly machine: string
}

/** An execution as its ARN names it. */
export interface ExecutionName extends MachineName {
  readonly kind: 'standard' | 'express'
  readonly name: string
}

const MACHINE = /^arn:aws[a-z-]*:states:([a-z0-9-]+):([0-9]{12}):stateMachine:([^:]{1,80})(?::[^:]{1,80})?$/u
const EXECUTION = /^arn:aws[a-z-]*:states:([a-z0-9-]+):([0-9]{12}):(execution|express):([^:]{1,80}):([^:]{1,80})(?::[^:]+)?$/u

/** Reads the ARN of a state machine; null when it is none. */
export function parseMachineArn(arn: string): MachineName | null {
  const [, region, accountId, machine] = MACHINE.exec(arn) ?? []
  return region === undefined || accountId === undefined || machine === undefined ? null : { region, accountId, machine }
}

/** Reads the ARN of an execution; null when it is none. */
export function parseExecutionArn(arn: string): ExecutionName | null {
  const [, region, accountId, kind, machine, name] = EXECUTION.exec(arn) ?? []
  if (region === undefined || accountId === undefined || machine === undefined || name === undefined) return null
  return { region, accountId, machine, name, kind: kind === 'express' ? 'express' : 'standard' }
}

/** The ARN of a state machine, without version or alias. */
export function toMachineArn({ region, accountId, machine }: MachineName): string {
  return `arn:aws:states:${region}:${accountId}:stateMachine:${machine}`
}

/** The ARN of an execution that lasts. */
export function toExecutionArn({ region, accountId, machine }: MachineName, name: string): string {
  return `arn:aws:states:${region}:${accountId}:execution:${machine}:${name}`
}

/** The ARN of an express execution, which has an id of its own behind its name (aws-websocket-and-services C2). */
export function toExpressArn({ region, accountId, machine }: MachineName, name: string, id: string): string {
  return `arn:aws:states:${region}:${accountId}:express:${machine}:${name}:${id}`
}
