/** An address as sixteen bytes; IPv4 is written as IPv4-mapped IPv6, so that `1.2.3.4` and `::ffff:1.2.3.4` are one. */
export type IpAddress = readonly number[]

/** A block of addresses: those that share the first `prefixBits` bits with `address`. */
export interface IpBlock {
  readonly address: IpAddress
  readonly prefixBits: number
  /** The family as written: an IPv4 block holds no IPv6 address even if it is /0. */
  readonly isIpv4: boolean
}

const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const

/** Reads an IPv4 or IPv6 address (RFC 4291 section 2.2, with a zone cut off), or gives `undefined`. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const plain = text.split('%', 1)[0] ?? ''
  return plain.includes(':') ? parseIpv6(plain) : parseIpv4(plain)?.mapped
}

/** Reads an address or a CIDR block, or gives `undefined`; bits beyond the prefix may be set, as Amazon takes them. */
export function parseIpBlock(text: string): IpBlock | undefined {
  const [addressText = '', bitsText, ...rest] = text.split('/')
  const address = parseIpAddress(addressText)
  const isIpv4 = !addressText.includes(':')
  const bitsMax = isIpv4 ? 32 : 128
  const bits = bitsText === undefined ? bitsMax : parseWhole(bitsText, 3)
  if (address === undefined || bits === undefined || bits > bitsMax || rest.length > 0) return undefined
  return { address, prefixBits: isIpv4 ? bits + 96 : bits, isIpv4 }
}

/** Whether an address lies in a block. */
export function isInBlock(address: IpAddress, block: IpBlock): boolean {
  if (isIpv4(address) !== (block.isIpv4 || isIpv4(block.address))) return false
  for (let bit = 0; bit < block.prefixBits; bit += 8) {
    const missing = 8 - Math.min(8, block.prefixBits - bit)
    const mask = (0xff << missing) & 0xff
    const index = bit / 8
    if (((address[index] ?? 0) & mask) !== ((block.address[index] ?? 0) & mask)) return false
  }
  return true
}

function isIpv4(address: IpAddress): boolean {
  return MAPPED_PREFIX.every((byte, index) => address[index] === byte)
}

function parseIpv4(text: string): { readonly bytes: readonly number[]; readonly mapped: IpAddress } | undefined {
  const parts = text.split('.')
  const bytes = parts.map((part) => (part.length > 1 && part.startsWith('0') ? undefined : parseWhole(part, 3)))
  const isAddress = bytes.length === 4 && bytes.every((byte) => byte !== undefined && byte <= 255)
  if (!isAddress) return undefined
  const known = bytes.map((byte) => byte ?? 0)
  return { bytes: known, mapped: [...MAPPED_PREFIX, ...known] }
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0] ?? '')
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : []
  if (head === undefined || tail === undefined) return undefined
  const gap = 16 - head.length - tail.length
  if (halves.length === 1 ? gap !== 0 : gap < 2) return undefined
  return [...head, ...Array.from({ length: gap }, () => 0), ...tail]
}

/** Groups of four hex digits, the last of which may be an IPv4 address, as bytes. */
function parseGroups(text: string): readonly number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (group.includes('.')) {
      const ipv4 = index === groups.length - 1 ? parseIpv4(group)?.bytes : undefined
      if (ipv4 === undefined) return undefined
      bytes.push(...ipv4)
      continue
    }
    if (!/^[0-9a-f]{1,4}$/iu.test(group)) return undefined
    const value = Number.parseInt(group, 16)
    bytes.push(value >> 8, value & 0xff)
  }
  return bytes
}

function parseWhole(text: string, digitsMax: number): number | undefined {
  return text.length <= digitsMax && /^[0-9]+$/u.test(text) ? Number(text) : undefined
}
