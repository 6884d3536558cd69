import type { JavaDecimal } from './java-values.ts'

/** Prints a Double as Java does: always with a point, and with an exponent from 10^7 up and below 10^-3. */
export function printDecimal(decimal: JavaDecimal): string {
  if (decimal.exact !== null) return decimal.exact
  const { value } = decimal
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const plain = String(value)
    return plain.includes('.') ? plain : `${plain}.0`
  }
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
