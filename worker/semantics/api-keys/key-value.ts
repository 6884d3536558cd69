import { sha256Hex } from '../authorizers/sigv4/digest.ts'

/** What every generated key starts with: people and secret scanners see what it is. */
const PREFIX = 'sgdr_'
/** Characters of the random part and of the checksum; prefix and both make the 40 characters of Amazon's own keys (aws-rest 10.3). */
const RANDOM_LENGTH = 29
const CHECKSUM_LENGTH = 6
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Whole multiples of 62 below 256: a byte from here on would make the first letters of the alphabet likelier. */
const FAIR_BYTES = 248

/** Gives random bytes. */
export type RandomBytes = (length: number) => Uint8Array

/** Makes the value of a new key: prefix, 29 random characters (172 bits), and a checksum, so that a mistyped key is known without asking anybody. */
export function generateApiKeyValue(randomBytes: RandomBytes): string {
  let random = ''
  while (random.length < RANDOM_LENGTH) {
    for (const byte of randomBytes(RANDOM_LENGTH)) {
      if (byte < FAIR_BYTES && random.length < RANDOM_LENGTH) random += ALPHABET.charAt(byte % ALPHABET.length)
    }
  }
  return `${PREFIX}${random}${checksum(PREFIX + random)}`
}

/** Whether a value may be a key at all: a generated one must have its checksum, an imported one only Amazon's length. */
export function mayBeApiKey(value: string): boolean {
  if (value.length < 20 || value.length > 128) return false
  if (!value.startsWith(PREFIX) || value.length !== PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH) return true
  return checksum(value.slice(0, -CHECKSUM_LENGTH)) === value.slice(-CHECKSUM_LENGTH)
}

/** What a key is stored and found by. The value itself is kept nowhere. */
export function hashApiKey(value: string): Promise<string> {
  return sha256Hex(value)
}

/** CRC-32 (IEEE 802.3) in base 62. */
function checksum(text: string): string {
  let crc = 0xffffffff
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index)
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb88320 : 0)
  }
  let rest = (crc ^ 0xffffffff) >>> 0
  let digits = ''
  while (digits.length < CHECKSUM_LENGTH) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits
    rest = Math.floor(rest / ALPHABET.length)
  }
  return digits
}
