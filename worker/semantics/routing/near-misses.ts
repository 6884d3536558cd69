import { editDistance } from '../source/nearest-word.ts'
import { isAnyMethod } from './route-tree.ts'

/** A resource as far as near misses need it. */
export interface Candidate {
  readonly path: string
  readonly methods: readonly string[]
}

/** A resource that a request almost met, and why it did not. */
export interface NearMiss {
  readonly path: string
  readonly methods: readonly string[]
  readonly reason: string
}

/** The request, and the resource that answers it; null when none does. */
export interface Attempt {
  readonly path: string
  readonly httpMethod: string
  readonly chosen: string | null
}

/** How many to show, and how far a part may be from the one that was meant: half its letters, but not more. */
const LIMITS = { shownMax: 8, distanceMax: 3 } as const

/** Finds the resources that somebody may have meant: those on the same path first, then those that one part keeps away, then those one part longer or shorter (unless the request is answered). */
export function findNearMisses(candidates: readonly Candidate[], attempt: Attempt): NearMiss[] {
  const parts = splitParts(attempt.path)
  const ranked: { readonly rank: number; readonly miss: NearMiss }[] = []
  for (const candidate of candidates) {
    if (candidate.path === attempt.chosen) continue
    const found = compare(candidate, parts, attempt)
    if (found !== null && (attempt.chosen === null || found.rank < OTHER_LENGTH)) ranked.push({ rank: found.rank, miss: { path: candidate.path, methods: candidate.methods, reason: found.reason } })
  }
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, LIMITS.shownMax)
    .map(({ miss }) => miss)
}

const OTHER_LENGTH = 20

interface Found {
  readonly rank: number
  readonly reason: string
}

function compare(candidate: Candidate, parts: readonly string[], { httpMethod, chosen }: Attempt): Found | null {
  const pattern = splitParts(candidate.path)
  const differences = differingParts(pattern, parts)
  if (differences === null) return null
  const [difference, second] = differences
  if (difference === undefined) {
    const answers = candidate.methods.includes(httpMethod) || (candidate.methods.includes('ANY') && isAnyMethod(httpMethod))
    if (!answers) return { rank: 0, reason: `has no ${httpMethod}, only ${candidate.methods.join(', ')}` }
    return { rank: 1, reason: `takes the path too, but ${chosen ?? 'another'} is more specific: a literal part goes before {variable}, and that before {greedy+}` }
  }
  if (second !== undefined) return null
  if (difference.asked === null) return { rank: OTHER_LENGTH, reason: `has one part more: ${difference.expected ?? ''}` }
  if (difference.expected === null) return { rank: OTHER_LENGTH, reason: `ends before ${difference.asked}` }
  const distanceMax = Math.min(LIMITS.distanceMax, Math.max(1, Math.floor(difference.asked.length / 2)))
  const distance = editDistance(difference.asked.toLowerCase(), difference.expected.toLowerCase(), distanceMax + 1)
  if (distance > distanceMax) return null
  const what = difference.asked.toLowerCase() === difference.expected.toLowerCase() ? 'paths are case-sensitive' : 'another literal'
  return { rank: 2 + distance, reason: `${difference.expected} is not ${difference.asked}: ${what}` }
}

interface Difference {
  readonly expected: string | null
  readonly asked: string | null
}

/** The parts in which a path does not fit a pattern; null when their lengths are too far apart. */
function differingParts(pattern: readonly string[], parts: readonly string[]): Difference[] | null {
  const isGreedy = pattern.at(-1)?.endsWith('+}') === true
  const compared = isGreedy && parts.length >= pattern.length ? parts.slice(0, pattern.length) : parts
  if (Math.abs(pattern.length - compared.length) > 1) return null
  const differences: Difference[] = []
  for (let index = 0; index < Math.max(pattern.length, compared.length); index += 1) {
    const expected = pattern[index] ?? null
    const asked = compared[index] ?? null
    if (expected === null || asked === null || (!expected.startsWith('{') && expected !== asked)) differences.push({ expected, asked })
  }
  return differences
}

function splitParts(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}
