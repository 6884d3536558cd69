import { LIMITS } from './limits.ts'

/** The tags of an answer, from the backend's `Cache-Tag` field: separated by commas or blanks; what is over the limits is left out. */
export function parseCacheTags(field: string | null): readonly string[] {
  if (field === null) return []
  const tags = new Set(field.split(/[\s,]+/u).filter((tag) => tag !== '' && tag.length <= LIMITS.tagCharactersMax))
  return [...tags].slice(0, LIMITS.tagsMax)
}
