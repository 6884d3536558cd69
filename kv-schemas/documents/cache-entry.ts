import * as z from 'zod'

const millisSchema = z.number().min(0)

/** The head of a cached answer; the body follows it. Short names: it is written with every entry. */
const cachedAnswerHeadSchema = z.strictObject({
  kind: z.literal('answer'),
  /** SHA-256 of the cache key, hexadecimal: an entry that stands under another key is not served. */
  keyDigest: z.string(),
  statusCode: z.int().min(200).max(599),
  headers: z.array(z.tuple([z.string(), z.string()])),
  bodyBytes: z.int().min(0),
  requestedAtMs: millisSchema,
  storedAtMs: millisSchema,
  initialAgeSeconds: z.number().min(0),
  freshUntilMs: millisSchema,
  staleWhileRevalidateUntilMs: millisSchema,
  staleIfErrorUntilMs: millisSchema,
  keepUntilMs: millisSchema,
  mustRevalidate: z.boolean(),
  validators: z.strictObject({ etag: z.string().nullable(), lastModified: z.string().nullable() }),
  tags: z.array(z.string()),
})

/** The head of a vary record; it has no body. */
const varyRecordHeadSchema = z.strictObject({
  kind: z.literal('vary'),
  keyDigest: z.string(),
  names: z.array(z.string()),
  keepUntilMs: millisSchema,
})

/** What is written in front of a cache entry's body. */
export const cacheEntryHeadSchema = z.discriminatedUnion('kind', [cachedAnswerHeadSchema, varyRecordHeadSchema])
export type CacheEntryHead = z.infer<typeof cacheEntryHeadSchema>
