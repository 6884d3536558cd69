import { mapTexts } from '../source/map-texts.ts'
import { didYouMean } from '../source/nearest-word.ts'
import type { Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import type { SourceNode } from '../source/source-node.ts'

const REFERENCE = /\$\{(AWS::[A-Za-z]+)\}/gu

/** Puts the account's values in place of CloudFormation's `${AWS::Region}`, `${AWS::AccountId}` and `${AWS::Partition}`, as Amazon does at import (aws-rest 16.1). */
export function resolvePseudoParameters(root: Place, text: string, account: { readonly accountId: string; readonly region: string }, report: Report): SourceNode {
  if (!text.includes('${AWS::')) return root.node
  const values = new Map([
    ['AWS::AccountId', account.accountId],
    ['AWS::Region', account.region],
    ['AWS::Partition', 'aws'],
  ])
  return mapTexts(root, (value, place) =>
    value.replace(REFERENCE, (reference, name: string) => {
      const known = values.get(name)
      if (known === undefined) report.error(place, `${reference} is not resolved at import: only ${[...values.keys()].join(', ')} are${didYouMean(name, values.keys())}`)
      return known ?? reference
    }),
  )
}
