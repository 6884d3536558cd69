/** Letters and digits of Amazon's ids. */
const RADIX = 36

/** Makes an id of ten letters and digits from a text: the same text has the same id in every deployment (aws-rest 16.1: ids of resources survive an import). */
export function toShortId(text: string): string {
  const high = mix(text, 0x811c9dc5)
  const low = mix(text, 0x9747b28c)
  return (BigInt(high) * 0x1_0000_0000n + BigInt(low)).toString(RADIX).padStart(10, '0').slice(-10)
}

/** FNV-1a over UTF-16 units with a final avalanche; not for secrets. */
function mix(text: string, seed: number): number {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
