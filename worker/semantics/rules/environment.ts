import { mapTexts } from '../source/map-texts.ts'
import { didYouMean } from '../source/nearest-word.ts'
import type { Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import type { SourceNode } from '../source/source-node.ts'

const REFERENCE = /\$\{env\.([^}]*)\}/gu

/** Puts the variables of the environment into the texts of a rule file: `${env.NAME}`. One that is not set is an error that names it (design section 3). */
export function resolveEnvironment(root: Place, text: string, env: Readonly<Record<string, string | undefined>>, report: Report): SourceNode {
  if (!text.includes('${env.')) return root.node
  const rewrite = (value: string, place: Place): string =>
    value.replace(REFERENCE, (reference, name: string) => {
      const set = Object.hasOwn(env, name) ? env[name] : undefined
      if (set !== undefined) return set
      report.error(place, `the environment variable ${name} is not set${didYouMean(name, Object.keys(env))}`)
      return reference
    })
  return mapTexts(root, rewrite, true)
}
