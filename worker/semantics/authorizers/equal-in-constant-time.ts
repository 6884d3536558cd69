const encoder = new TextEncoder()

/**
 * Says whether two strings are equal in a time that depends on the length of `given` alone, so that a caller
 * who measures answers learns nothing about `expected`. Portable: no runtime's own comparison is needed.
 */
export function equalInConstantTime(given: string, expected: string): boolean {
  const givenBytes = encoder.encode(given)
  const expectedBytes = encoder.encode(expected)
  let difference = givenBytes.length ^ expectedBytes.length
  for (let index = 0; index < givenBytes.length; index += 1) {
    // A shorter `expected` is read again from its start: the length already made the difference.
    const wanted = expectedBytes.length === 0 ? 0 : expectedBytes[index % expectedBytes.length]
    difference |= (givenBytes[index] ?? 0) ^ (wanted ?? 0)
  }
  return difference === 0
}
