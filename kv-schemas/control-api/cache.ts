import * as z from 'zod'

/** Body of a purge: a method as in `methodSettings`, or a tag that the backend gave by Cache-Tag. */
export const purgeRequestSchema = z.strictObject({
  kind: z.enum(['method', 'tag']),
  value: z.string().min(1).max(1_024),
})


/** What a stage's cache holds and how it did. */
export const cacheStatsSchema = z.object({
  entries: z.int(),
  bytes: z.int(),
  /** Of the stage's `cacheClusterSize`; 0 before the first entry. */
  capacityBytes: z.int(),
  evicted: z.int(),
  /** Amazon's metrics: requests that the cache answered, and requests that it did not. */
  cacheHitCount: z.int(),
  cacheMissCount: z.int(),
  /** Requests by who had the answer: the isolate's memory, KV, another request's fetch, or nobody. */
  counts: z.object({ memory: z.int(), kv: z.int(), fill: z.int(), miss: z.int() }),
  /** How long it took on average until the cache knew, in milliseconds; 0 where nothing was counted. */
  meanLatenciesMs: z.object({ memory: z.number(), kv: z.number(), fill: z.number(), miss: z.number() }),
  /** Entries that somebody else must have written. */
  alarms: z.int(),
  methods: z.array(z.object({ methodKey: z.string(), entries: z.int(), bytes: z.int() })),
})
export type CacheStatsView = z.infer<typeof cacheStatsSchema>

/** A line of the books: one entry. */
const cacheEntryLineSchema = z.object({
  keyDigest: z.string(),
  methodKey: z.string(),
  bytes: z.int(),
  usedAt: z.iso.datetime(),
  keepUntil: z.iso.datetime(),
})

/** An entry looked at. Its body is not shown: it may be somebody's. */
export const cacheEntryViewSchema = cacheEntryLineSchema.extend({
  /** Whether KV has it; null fields when it has not, or when it can't be opened. */
  isStored: z.boolean(),
  kind: z.enum(['answer', 'vary']).nullable(),
  statusCode: z.int().nullable(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  bodyBytes: z.int().nullable(),
  storedAt: z.iso.datetime().nullable(),
  freshUntil: z.iso.datetime().nullable(),
  tags: z.array(z.string()),
  variesBy: z.array(z.string()),
})
export type CacheEntryView = z.infer<typeof cacheEntryViewSchema>

/** Entries of a stage's cache, the last used first. */
export const cacheEntriesSchema = z.object({ entries: z.array(cacheEntryLineSchema) })
export type CacheEntriesView = z.infer<typeof cacheEntriesSchema>

/** Query of the list of entries: what their digests begin with. */
export const cacheEntriesQuerySchema = z.object({
  prefix: z.string().regex(/^[0-9a-f]{0,64}$/u, 'a digest is up to 64 hexadecimal digits').default(''),
  limit: z.coerce.number().int().min(1).max(500).default(25),
})
