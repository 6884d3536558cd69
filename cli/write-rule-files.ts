import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Whether files were written, or why none was. */
export type WrittenFiles = { readonly kind: 'written' } | { readonly kind: 'refused'; readonly message: string }

/**
 * Writes rule files, all or none: they are made beside the rule folder's own files first, and moved to their places when all are there. Without `force` a file
 * that exists is a refusal; with it, another definition of the same API goes too.
 */
export async function writeRuleFiles(directory: string, files: ReadonlyMap<string, string>, options: { readonly force: boolean }): Promise<WrittenFiles> {
  try {
    const inTheWay = await findInTheWay(directory, files)
    if (inTheWay.length > 0 && !options.force) return { kind: 'refused', message: `${inTheWay.join(', ')} ${inTheWay.length === 1 ? 'exists' : 'exist'} already; --force overwrites` }
    await mkdir(directory, { recursive: true })
    await moveIntoPlace(directory, files)
    for (const file of inTheWay) if (!files.has(file)) await rm(path.join(directory, file))
    return { kind: 'written' }
  } catch (error) {
    return { kind: 'refused', message: error instanceof Error ? error.message : String(error) }
  }
}

async function findInTheWay(directory: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const found: string[] = []
  for (const file of files.keys()) {
    const folder = path.posix.dirname(file)
    const names = await readdir(path.join(directory, folder)).catch(() => [])
    const isDefinition = /^api\.(?:json|ya?ml)$/u.test(path.posix.basename(file))
    for (const name of names) if (name === path.posix.basename(file) || (isDefinition && /^api\.(?:json|ya?ml)$/u.test(name))) found.push(path.posix.join(folder, name))
  }
  return found
}

async function moveIntoPlace(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const draft = await mkdtemp(path.join(directory, '.import-'))
  const undo: (() => Promise<void>)[] = []
  try {
    for (const [file, text] of files) {
      await mkdir(path.join(draft, path.dirname(file)), { recursive: true })
      await writeFile(path.join(draft, file), text)
    }
    for (const file of files.keys()) undo.push(await replaceFile(path.join(draft, file), path.join(directory, file)))
  } catch (error) {
    for (const step of undo.toReversed()) await step()
    throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Moves a file to its place, and says how to have it as it was. */
async function replaceFile(from: string, to: string): Promise<() => Promise<void>> {
  await mkdir(path.dirname(to), { recursive: true })
  const before = `${from}.before`
  const wasThere = await rename(to, before).then(
    () => true,
    () => false,
  )
  await rename(from, to)
  return () => (wasThere ? rename(before, to) : rm(to))
}
