import { globSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderSchemas } from '../../../kv-schemas/json/render-schemas.ts'

const ROOT = path.join(import.meta.dirname, '..', '..', '..')
const FOLDER = path.join(ROOT, 'kv-schemas', 'json')

describe('the JSON Schemas of rule files', () => {
  it('are those that the zod schemas give (npm run schemas)', () => {
    const written = readdirSync(FOLDER).filter((file) => file.endsWith('.schema.json'))
    expect(Object.fromEntries(written.map((file) => [file, readFileSync(path.join(FOLDER, file), 'utf8')]))).toEqual(Object.fromEntries(renderSchemas()))
  })

  it('are named by every rule file of the sample account, from where the file stands', () => {
    const wrong = globSync('rules/**/*.json', { cwd: ROOT }).filter((file) => {
      const { $schema } = JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as { $schema?: string }
      const name = path.basename(file, '.json')
      const expected = file.includes('/stages/') ? 'stage' : name
      return name !== 'api' && ($schema === undefined || path.join(ROOT, path.dirname(file), $schema) !== path.join(FOLDER, `${expected}.schema.json`))
    })
    expect(wrong).toEqual([])
  })
})
