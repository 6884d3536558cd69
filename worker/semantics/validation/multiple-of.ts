/** Whether a number is a multiple of another, as decimal numbers: 0.0075 is one of 0.0001. */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (!(divisor > 0)) return true
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0
  const [digits, exponent] = toDecimal(value)
  const [divisorDigits, divisorExponent] = toDecimal(divisor)
  const lowest = Math.min(exponent, divisorExponent)
  return (digits * 10n ** BigInt(exponent - lowest)) % (divisorDigits * 10n ** BigInt(divisorExponent - lowest)) === 0n
}

/** A number as an integer and a power of ten. */
function toDecimal(value: number): readonly [digits: bigint, exponent: number] {
  const [coefficient = '0', exponent = '0'] = value.toExponential().split('e')
  const [whole = '0', fraction = ''] = coefficient.split('.')
  return [BigInt(whole + fraction), Number(exponent) - fraction.length]
}
