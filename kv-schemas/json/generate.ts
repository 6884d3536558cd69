import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { renderSchemas } from './render-schemas.ts'

for (const [file, text] of renderSchemas()) {
  writeFileSync(path.join(import.meta.dirname, file), text)
  console.log(`wrote kv-schemas/json/${file}`)
}
