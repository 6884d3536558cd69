import type { Report } from '../source/report.ts'
import { mapTexts, type SourceNode } from '../source/source-node.ts'
import { didYouMean } from '../source/nearest-word.ts'

const REFERENCE = /\$\{env\.([^}]*)\}/gu

/** Puts the variables of the environment into the texts of a rule file: `${env.NAME}`. One that is not set is an error that names it (design section 3). */
export function resolveEnvironment(root: SourceNode, text: string, env: Readonly<Record<string, string | undefined>>, report: Report): SourceNode {
  if (!text.includes('${env.')) return root
  return mapTexts(root, (value, node) =>
    value.replace(REFERENCE, (reference, name: string) => {
      const set = Object.hasOwn(env, name) ? env[name] : undefined
      if (set !== undefined) return set
      report.errorAt(node.start, '', `the environment variable ${name} is not set${didYouMean(name, Object.keys(env))}`)
      return reference
    }),
  )
}
