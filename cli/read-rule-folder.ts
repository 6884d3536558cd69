import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { SOURCE_LIMITS } from '../worker/semantics/source/limits.ts'
import { fileProblem, type Problem } from '../worker/semantics/source/report.ts'

/** A rule folder's files as texts, by their paths relative to it with forward slashes; or why it can't be read. */
export type RuleFolder =
  | { readonly kind: 'read'; readonly files: ReadonlyMap<string, string>; readonly problems: readonly Problem[] }
  | { readonly kind: 'unreadable'; readonly message: string }

/** Reads the rule files of a folder: JSON and YAML, without hidden files. A single file that can't be read is a problem of its own. */
export async function readRuleFolder(directory: string): Promise<RuleFolder> {
  const names = await listRuleFiles(directory)
  if (typeof names === 'string') return { kind: 'unreadable', message: names }
  const files = new Map<string, string>()
  const problems: Problem[] = []
  for (const name of names) {
    const read = await readText(path.join(directory, name))
    const file = name.split(path.sep).join('/')
    if (typeof read === 'string') files.set(file, read)
    else problems.push(fileProblem(file, read.message))
  }
  return { kind: 'read', files, problems }
}

/** The rule files of a folder, in order, as paths of the system relative to it; or why it can't be read. */
export async function listRuleFiles(directory: string): Promise<readonly string[] | string> {
  try {
    if (!(await stat(directory)).isDirectory()) return `${directory} is not a folder`
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && /\.(?:json|ya?ml)$/u.test(entry.name))
      .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
      .filter((name) => !name.split(path.sep).some((part) => part.startsWith('.') || part === 'node_modules'))
      .toSorted()
  } catch (error) {
    return toMessage(directory, error)
  }
}

/** Reads a text file; a message when it can't be read or is no text. */
export async function readText(file: string): Promise<string | { readonly message: string }> {
  try {
    const bytes = await readFile(file)
    if (bytes.byteLength > SOURCE_LIMITS.charactersMax * 4) return { message: `the file has ${bytes.byteLength} bytes: too many` }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return { message: 'the file is not UTF-8 text' }
    return { message: toMessage(file, error) }
  }
}

function toMessage(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return `${file} does not exist`
  if (code === 'EACCES') return `${file} may not be read`
  return error instanceof Error ? error.message : String(error)
}
