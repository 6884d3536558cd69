import { type Budget, fail, measured } from './budget.ts'
import { type JavaNumber, toDouble } from './java-numbers.ts'
import { printJava } from './java-printing.ts'
import { isNumber, type JavaValue } from './java-values.ts'

const CONVERSION = /%(?:([1-9][0-9]*)\$)?([-#+ 0,(]*)([1-9][0-9]{0,5})?(?:\.([0-9]{1,3}))?([a-zA-Z%])/g

/** `String.format` with the conversions s, S, d, x, X, o, f, e, b, c, n and %, their flags, width and precision. */
export function formatText(pattern: string, parameters: readonly JavaValue[], budget: Budget): string {
  let next = 0
  const formatted = pattern.replace(CONVERSION, (...found: string[]) => {
    const [, position, flags = '', width, precision, letter = ''] = found
    if (letter === '%' || letter === 'n') return pad(letter === '%' ? '%' : '\n', flags, Number(width ?? 0))
    const index = position === undefined ? next++ : Number(position) - 1
    if (index >= parameters.length) return fail(budget, `The format ${JSON.stringify(pattern)} has no argument for ${found[0] ?? ''}.`)
    const digits = precision === undefined ? null : Number(precision)
    return pad(convert(parameters[index] ?? null, { letter, flags, digits }, budget), flags, Number(width ?? 0))
  })
  return measured(budget, formatted)
}

type Conversion = { readonly letter: string; readonly flags: string; readonly digits: number | null }

function convert(value: JavaValue, conversion: Conversion, budget: Budget): string {
  const { letter, digits } = conversion
  if (letter === 's' || letter === 'S') {
    const text = value === null ? 'null' : printJava(value, budget)
    const cut = digits === null ? text : text.slice(0, digits)
    return letter === 'S' ? cut.toUpperCase() : cut
  }
  if (letter === 'b') return String(value !== null && value !== false)
  if (value === null) return 'null'
  if (letter === 'c' && (typeof value === 'string' || typeof value === 'number')) return toCharacter(value)
  if (isNumber(value)) return convertNumber(value, conversion, budget)
  return fail(budget, `%${letter} cannot format "${printJava(value, budget).slice(0, 40)}".`)
}

function toCharacter(value: string | number): string {
  return typeof value === 'string' ? value.slice(0, 1) : String.fromCharCode(value)
}

function convertNumber(value: JavaNumber, conversion: Conversion, budget: Budget): string {
  const { letter, flags, digits } = conversion
  const isWhole = typeof value !== 'object'
  if (isWhole && letter === 'd') return signed(String(value), flags)
  if (isWhole && (letter === 'x' || letter === 'X' || letter === 'o')) {
    const bits = BigInt.asUintN(Number(value) >= -(2 ** 31) ? 32 : 64, BigInt(value))
    const text = (Number(value) < 0 ? bits : BigInt(value)).toString(letter === 'o' ? 8 : 16)
    return letter === 'X' ? text.toUpperCase() : text
  }
  // toFixed goes no further than 100 digits.
  if (!isWhole && letter === 'f') return signed(toDouble(value).toFixed(Math.min(digits ?? 6, 100)), flags)
  if (!isWhole && letter === 'e') {
    return signed(toDouble(value).toExponential(Math.min(digits ?? 6, 100)).replace(/e([+-])([0-9])$/, 'e$10$2'), flags)
  }
  return fail(budget, `%${letter} cannot format ${isWhole ? 'an integer' : 'a decimal'}.`)
}

function signed(digits: string, flags: string): string {
  const grouped = flags.includes(',') ? digits.replace(/^-?[0-9]+/, (whole) => whole.replaceAll(/\B(?=(?:[0-9]{3})+$)/g, ',')) : digits
  if (grouped.startsWith('-')) return flags.includes('(') ? `(${grouped.slice(1)})` : grouped
  if (flags.includes('+')) return `+${grouped}`
  return flags.includes(' ') ? ` ${grouped}` : grouped
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0')) return text.padStart(width)
  const sign = /^[+\- ]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}
