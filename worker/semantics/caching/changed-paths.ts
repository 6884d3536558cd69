import type { CanonicalPath } from '../routing/canonical-path.ts'

/** The paths of a stage that successful requests changed lately, and when; what was asked for before is outdated (RFC 9111 section 4.4). */
export interface ChangedPaths {
  /** The oldest first. */
  readonly atMs: Map<string, number>
  /** Of paths that had to be forgotten for want of room, the latest: everything that was asked for before counts as outdated. */
  floorMs: number
}

/** How many paths of a stage are remembered. Our own: a path takes about a hundred bytes. */
export const CHANGED_PATHS_MAX = 10_000

/** Nothing changed yet. */
export function noChanges(): ChangedPaths {
  return { atMs: new Map(), floorMs: 0 }
}

/** Remembers a change; the oldest ones make room. */
export function addChange(changes: ChangedPaths, change: { readonly path: string; readonly atMs: number }, pathsMax: number = CHANGED_PATHS_MAX): void {
  const { path, atMs } = change
  const known = changes.atMs.get(path) ?? 0
  changes.atMs.delete(path)
  changes.atMs.set(path, Math.max(known, atMs))
  for (const [oldest, oldestMs] of changes.atMs) {
    if (changes.atMs.size <= pathsMax) return
    changes.atMs.delete(oldest)
    changes.floorMs = Math.max(changes.floorMs, oldestMs)
  }
}

/** Whether what was asked for at a time is older than a change of its path. */
export function isOutdated(changes: ChangedPaths, path: string, requestedAtMs: number): boolean {
  return requestedAtMs <= changes.floorMs || requestedAtMs <= (changes.atMs.get(path) ?? -1)
}

/** A path as changes are remembered by: a slash at the end makes no other resource (aws-rest 1.4). */
export function toChangedPath(path: CanonicalPath | string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Methods that change nothing (RFC 9110 section 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Whether a method may change what its target answers. */
export function isUnsafe(httpMethod: string): boolean {
  return !SAFE.has(httpMethod)
}

/** A request that may have changed something, and the headers of its answer. */
export interface Changing {
  readonly url: string
  /** The path of the URL. */
  readonly fullPath: CanonicalPath
  /** The path within the stage, with which the path of the URL ends. */
  readonly resourcePath: CanonicalPath
  readonly answerHeaders: Headers
}

/** The paths within the stage that a successful unsafe request changes: its own, and those of Location and Content-Location at the same origin (RFC 9111 section 4.4). */
export function changedPathsOf({ url, fullPath, resourcePath, answerHeaders }: Changing): readonly string[] {
  const paths = new Set([toChangedPath(resourcePath)])
  const prefix = fullPath.endsWith(resourcePath) ? fullPath.slice(0, fullPath.length - resourcePath.length) : ''
  for (const name of ['location', 'content-location']) {
    const named = toOwnPath(answerHeaders.get(name), url)
    if (named?.startsWith(`${prefix}/`) === true) paths.add(toChangedPath(named.slice(prefix.length)))
  }
  return [...paths]
}

/** The path of an address at the origin of `base`; null for another origin, and for what is no address. */
function toOwnPath(reference: string | null, base: string): string | null {
  if (reference === null || !URL.canParse(reference, base)) return null
  const named = new URL(reference, base)
  return named.origin === new URL(base).origin ? named.pathname : null
}
