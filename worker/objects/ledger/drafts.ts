import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import type { By } from './audit.ts'
import { readRows, readSetting, write, writeSetting, type Book } from './book.ts'
import { deleteText, readText, writeText } from './texts.ts'

/** A rule file as it was pushed: references to the environment unresolved, so that no secret stands here. */
export interface RuleFile {
  readonly path: string
  readonly text: string
}

/** The draft of an API: what the next deploy runs. It compiled when it was pushed. */
export interface Draft extends Omit<By, 'actor'> {
  readonly revision: number
  readonly deploymentId: DeploymentId
  readonly pushedAtMs: number
}

const COMPILED = 'draft'
const fileName = (path: string): string => `file:${path}`

/** Reads what is known of the draft; null before the first push. */
export function readDraft(book: Book): Draft | null {
  const value = readSetting(book, 'draft')
  return value === null ? null : (JSON.parse(value) as Draft)
}

/** The draft's deployment as text; null before the first push. */
export function readCompiledDraft(book: Book): string | null {
  return readText(book, COMPILED)
}

/** Keeps a draft in place of the one before, as its next revision. */
export function saveDraft(book: Book, compiled: { readonly deploymentId: DeploymentId; readonly text: string }, files: readonly RuleFile[], by: By): Draft {
  const draft: Draft = {
    revision: (readDraft(book)?.revision ?? 0) + 1,
    deploymentId: compiled.deploymentId,
    author: by.author,
    message: by.message,
    sourceCommit: by.sourceCommit,
    pushedAtMs: book.nowMs(),
  }
  writeSetting(book, 'draft', JSON.stringify(draft))
  writeText(book, COMPILED, compiled.text)
  saveFiles(book, files)
  return draft
}

/** Whether these are the files of the draft, letter for letter. */
export function isDraft(book: Book, deploymentId: DeploymentId, files: readonly RuleFile[]): boolean {
  if (readDraft(book)?.deploymentId !== deploymentId) return false
  const kept = readFiles(book)
  return kept.length === files.length && files.every(({ path, text }) => kept.some((file) => file.path === path && file.text === text))
}

/** Reads the files of the draft, by path. */
export function readFiles(book: Book): readonly RuleFile[] {
  const names = readRows<{ name: string }>(book, "SELECT DISTINCT name FROM text_part WHERE name GLOB 'file:*' ORDER BY name")
  return names.map(({ name }) => ({ path: name.slice('file:'.length), text: readText(book, name) ?? '' }))
}

function saveFiles(book: Book, files: readonly RuleFile[]): void {
  for (const { path } of readFiles(book)) deleteText(book, fileName(path))
  for (const { path, text } of files) writeText(book, fileName(path), text)
}

/** Forgets the draft, with the API it belongs to. */
export function deleteDraft(book: Book): void {
  saveFiles(book, [])
  deleteText(book, COMPILED)
  writeSetting(book, 'draft', null)
  write(book, "DELETE FROM setting WHERE name = 'push'")
}
