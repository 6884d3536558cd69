import { countEvent, demandAt } from './demand.ts'
import type { LeaseLimits } from './lease-limits.ts'
import type { Holder, LentBucket } from './lent-bucket.ts'
import type { Ask } from './protocol.ts'

/** Which object a holder asks: part 1 to `parts` by a hash of its id, or 0, the bucket's own object, while the bucket is not split. */
export function placeOf(holder: string, parts: number): number {
  return parts === 0 ? 0 : 1 + (hashOf(holder) % parts)
}

/** FNV-1a, 32 bits, with a last mixing: the ids of leases differ in few characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** Whether the holder should ask elsewhere: it is served, but nothing more is lent to it, so that it can leave. */
export const isElsewhere = ({ place, parts }: LentBucket, { holder, part }: Ask): boolean => (part === null ? placeOf(holder, parts) !== place : part.index > parts)

/** How many busy isolates ask an object, or its parts once there are any. */
export function crowdOf({ atMs, holders, parts, place }: LentBucket, { crowdMemoryMs, crowdAsks }: LeaseLimits): number {
  const isSplit = place === 0 && parts > 0
  let crowd = 0
  for (const { askedMs, part, demand } of holders.values()) {
    if (askedMs <= atMs - crowdMemoryMs) continue
    if (isSplit) crowd += part?.crowd ?? 0
    else if (part === null) crowd += Math.min(1, demand / crowdAsks)
  }
  return crowd
}

/** Decides into how many parts a bucket is split, a power of two: at once when there are more isolates than its objects bear, back when there have been fewer for a while. */
export function judgeParts(bucket: LentBucket, limits: LeaseLimits): void {
  const { atMs, parts } = bucket
  if (atMs < bucket.judgedMs + limits.crowdEveryMs) return
  bucket.judgedMs = atMs
  const crowd = crowdOf(bucket, limits)
  const wanted = partsFor(crowd, limits)
  if (wanted > parts) bucket.parts = wanted
  if (wanted > parts || crowd >= (limits.crowdLeast * parts) / 2) bucket.crowdedMs = atMs
  if (atMs < bucket.crowdedMs + limits.partsCoolMs) return
  bucket.crowdedMs = atMs
  bucket.parts = Math.min(parts, wanted)
}

function partsFor(crowd: number, { crowdMax, crowdOfPart, crowdRoom, partsMax }: LeaseLimits): number {
  if (crowd <= crowdMax) return 0
  let parts = 2
  while (parts < partsMax && crowd * crowdRoom > parts * crowdOfPart) parts *= 2
  return parts
}

/** Adds up what other lives of a part have out, and forgets them: it counts for this one from now on. */
export function inherit(bucket: LentBucket, { holder, part }: Ask): number {
  if (part === null) return 0
  let inherited = 0
  for (const [id, other] of bucket.holders) {
    if (id === holder || other.part?.index !== part.index) continue
    inherited += other.outstanding
    bucket.holders.delete(id)
  }
  return inherited
}

/** Counts asks that can't be paced: of isolates that do not know yet that the bucket is split. */
export function countStray(bucket: LentBucket, ask: Ask, limits: LeaseLimits): void {
  if (bucket.place === 0 && bucket.parts > 0 && ask.part === null) countEvent(bucket.strays, bucket.atMs, limits.callsMemoryMs)
}

/** Whether a holder shares the calls that the object has time for: it asked lately, and it is one of those that ask here. */
export function isPaced({ atMs, parts, place }: LentBucket, { askedMs, part }: Holder, { crowdMemoryMs }: LeaseLimits): boolean {
  if (askedMs <= atMs - crowdMemoryMs) return false
  return part === null ? place > 0 || parts === 0 : part.index <= parts
}

/** The calls a second to which the others are paced: what the strays leave, and a fifth in any case. */
export function pacedCallsOf(bucket: LentBucket, { pacedCalls, callsMemoryMs }: LeaseLimits): number {
  return Math.max(pacedCalls / 5, pacedCalls - demandAt(bucket.strays, bucket.atMs, callsMemoryMs) * 1000)
}

/** When a silent holder is forgotten. */
export const forgetAtMs = (atMs: number, part: Holder['part'], { forgetMs, forgetPartMs }: LeaseLimits): number => atMs + (part === null ? forgetMs : forgetPartMs)
