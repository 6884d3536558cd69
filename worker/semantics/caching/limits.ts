/** Bounds of the response cache, each with its source. */
export const LIMITS = {
  /** Amazon's largest entry (aws-rest 9). */
  entryBodyBytesMax: 1_048_576,
  /** Amazon's longest TTL (aws-rest 9). */
  ttlSecondsMax: 3_600,
  /** How long an entry may be kept at all, stale windows included; a purge is remembered as long. Our own: long enough for any backend that means it. */
  keepSecondsMax: 604_800,
  /** How long an entry with a validator is kept after it went stale, to be revalidated rather than fetched anew. Our own. */
  validatorSecondsMax: 3_600,
  /** Tags read from one answer, and the length of one. Cloudflare's own limit of a tag is 1,024. */
  tagsMax: 32,
  tagCharactersMax: 1_024,
  /** Headers that one answer may vary by. Our own: more is a backend that means `*`. */
  varyNamesMax: 8,
} as const

/** Bytes of each size of Amazon's cache clusters, in GB (aws-rest 9). */
export const CLUSTER_BYTES = {
  '0.5': 536_870_912,
  '1.6': 1_717_986_918,
  '6.1': 6_549_825_126,
  '13.5': 14_495_514_624,
  '28.4': 30_494_267_802,
  '58.2': 62_491_774_157,
  '118': 126_701_535_232,
  '237': 254_476_812_288,
} as const
