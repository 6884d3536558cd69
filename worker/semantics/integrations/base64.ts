/** How many bytes become characters at once: more would overflow the stack of a call with so many arguments. */
const CHUNK_BYTES = 8_192

/** Writes bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES))
  return btoa(binary)
}

/** Reads base64, padded or not, line ends aside; null when the text is none. */
export function parseBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    // `atob` tells bad input only by throwing.
    return null
  }
}
