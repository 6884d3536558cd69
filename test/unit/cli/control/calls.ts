import type { Call } from '../../../../cli/command.ts'

/** A call of a command as a test writes it, and what the command printed. */
export interface TestCall extends Call {
  readonly printed: { out: string; err: string }
}

/** Makes a call: options by name, a flag as `true`. */
export function callOf(options: Readonly<Record<string, string | true | readonly string[]>> = {}, more: Partial<Pick<Call, 'operands' | 'json' | 'env' | 'directory'>> = {}): TestCall {
  const printed = { out: '', err: '' }
  const texts = (name: string): readonly string[] => {
    const value = options[name]
    return value === undefined || value === true ? [] : typeof value === 'string' ? [value] : value
  }
  return {
    operands: [],
    json: false,
    env: {},
    directory: '/nowhere',
    ...more,
    printed,
    terminal: { out: (line) => void (printed.out += `${line}\n`), err: (line) => void (printed.err += `${line}\n`), paint: (_colour, text) => text },
    flag: (name) => options[name] !== undefined,
    text: (name) => texts(name)[0] ?? null,
    texts,
  }
}
