import type { Budget } from './budget.ts'
import type { JavaValue } from './java-values.ts'

/**
 * A Java method as a template calls it: null for void, for null, and for arguments that no overload takes (Velocity then
 * finds no method, and prints nothing).
 */
export type JavaMethod<Receiver> = (receiver: Receiver, parameters: readonly JavaValue[], budget: Budget) => JavaValue

/** The methods of one Java type by name. */
export type JavaMethods<Receiver> = ReadonlyMap<string, JavaMethod<Receiver>>
