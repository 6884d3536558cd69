/** One virtual clock: what is to happen, in order of time, then of entry. */
export interface Timeline {
  nowMs(): number
  /** Runs `action` at a time; a time that has passed is now. */
  at(atMs: number, action: () => void): void
  /** Runs all that is due until `untilMs`. */
  run(untilMs: number): void
}

interface Entry {
  readonly atMs: number
  readonly order: number
  readonly action: () => void
}

/** A virtual clock that starts at zero: a binary heap, the next entry on top. */
export function createTimeline(): Timeline {
  const heap: Entry[] = []
  let nowMs = 0
  let entries = 0
  return {
    nowMs: () => nowMs,
    at(atMs, action) {
      entries += 1
      siftUp(heap, { atMs: Math.max(nowMs, atMs), order: entries, action })
    },
    run(untilMs) {
      for (let next = heap[0]; next !== undefined && next.atMs <= untilMs; next = heap[0]) {
        const last = heap.pop()
        if (last !== undefined && heap.length > 0) siftDown(heap, last)
        nowMs = next.atMs
        next.action()
      }
      nowMs = untilMs
    },
  }
}

const isBefore = (left: Entry, right: Entry): boolean => left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order)

function siftUp(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (parent === undefined || !isBefore(entry, parent)) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = entry
}

function siftDown(heap: Entry[], entry: Entry): void {
  let index = 0
  for (;;) {
    const leftIndex = 2 * index + 1
    const left = heap[leftIndex]
    if (left === undefined) break
    const right = heap[leftIndex + 1]
    const isRight = right !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (!isBefore(child, entry)) break
    heap[index] = child
    index = isRight ? leftIndex + 1 : leftIndex
  }
  heap[index] = entry
}
