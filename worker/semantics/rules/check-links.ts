import type { AccountDocument } from '../../../kv-schemas/documents/account.ts'
import type { Definition } from '../openapi/definition.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { descend } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/** Warns of VPC links that `account.json` does not know: requests would get 500 until it does. Amazon refuses them (aws-rest 6.1), but has the links in the same place. */
export function warnUnknownLinks(definition: Definition, { links }: AccountDocument, report: Report): void {
  const known = Object.keys(links)
  for (const { integration } of definition.resources.flatMap((resource) => resource.methods)) {
    if (integration === null || integration.document.connectionType !== 'VPC_LINK') continue
    const { connectionId } = integration.document
    // One that a stage variable names is another at each stage.
    if (connectionId === null || connectionId.includes('${') || known.includes(connectionId)) continue
    report.warning(descend(integration.at, 'connectionId'), `Invalid Vpc Link identifier specified: "links" of account.json has no ${connectionId}${didYouMean(connectionId, known)}`)
  }
}
