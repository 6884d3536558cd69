import { readRows, write, type Book } from './book.ts'

/** A row of a Durable Object holds 2 MB (platform section 2); a character takes up to 3 bytes there. */
const LIMITS = { partCharactersMax: 500_000 } as const

/** Writes a text of any length under a name, in place of the one that was there. */
export function writeText(book: Book, name: string, text: string, partCharactersMax: number = LIMITS.partCharactersMax): void {
  deleteText(book, name)
  for (const [part, slice] of splitText(text, partCharactersMax).entries()) write(book, 'INSERT INTO text_part (name, part, text) VALUES (?, ?, ?)', name, part, slice)
}

/** Reads a text; null when there is none of this name. */
export function readText(book: Book, name: string): string | null {
  const parts = readRows<{ text: string }>(book, 'SELECT text FROM text_part WHERE name = ? ORDER BY part', name)
  return parts.length === 0 ? null : parts.map(({ text }) => text).join('')
}

/** Forgets a text. */
export function deleteText(book: Book, name: string): void {
  write(book, 'DELETE FROM text_part WHERE name = ?', name)
}

/** Cuts a text into parts, never through a surrogate pair: half of one is no character that SQLite could keep. */
export function splitText(text: string, partCharactersMax: number): readonly string[] {
  const parts: string[] = []
  let start = 0
  do {
    let end = Math.min(start + partCharactersMax, text.length)
    const last = text.charCodeAt(end - 1)
    if (end < text.length && end - start > 1 && last >= 0xd800 && last <= 0xdbff) end -= 1
    parts.push(text.slice(start, end))
    start = end
  } while (start < text.length)
  return parts
}
