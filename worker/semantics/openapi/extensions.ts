import { didYouMean } from '../source/nearest-word.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { Reading } from './reading.ts'

/** Extensions of a document's root (aws-rest 16.2). */
const ROOT = [
  'x-amazon-apigateway-api-key-source',
  'x-amazon-apigateway-binary-media-types',
  'x-amazon-apigateway-documentation',
  'x-amazon-apigateway-endpoint-configuration',
  'x-amazon-apigateway-gateway-responses',
  'x-amazon-apigateway-minimum-compression-size',
  'x-amazon-apigateway-policy',
  'x-amazon-apigateway-request-validator',
  'x-amazon-apigateway-request-validators',
]

/** Extensions that only HTTP APIs have, and those of the transport that Cloudflare decides. */
const IGNORED = new Map([
  ['x-amazon-apigateway-cors', 'belongs to HTTP APIs; REST APIs answer preflight requests by OPTIONS methods'],
  ['x-amazon-apigateway-importexport-version', null],
  ['x-amazon-apigateway-security-policy', 'is ignored: the versions of TLS are a setting of the Cloudflare zone'],
  ['x-amazon-apigateway-endpoint-access-mode', 'is ignored: TLS is a setting of the Cloudflare zone'],
])

const OPERATION = [
  'x-amazon-apigateway-auth',
  'x-amazon-apigateway-integration',
  'x-amazon-apigateway-request-validator',
  'x-amazon-apigateway-any-method',
]

/** Warns of extensions of the root that mean nothing here. */
export function warnUnknownExtensions(reading: Reading): void {
  for (const child of childrenOf(reading.root)) {
    const key = String(child.key)
    if (!key.startsWith('x-amazon-') || ROOT.includes(key)) continue
    const reason = IGNORED.get(key)
    if (reason === null) continue
    reading.report.warning(child, reason === undefined ? `unknown extension ${key} is ignored${didYouMean(key, ROOT)}` : `${key} ${reason}`)
  }
}

/** Warns of extensions of an operation that mean nothing here. */
export function warnUnknownOperationExtensions(operation: Place, reading: Reading): void {
  for (const child of childrenOf(operation)) {
    const key = String(child.key)
    if (key.startsWith('x-amazon-') && !OPERATION.includes(key)) reading.report.warning(child, `unknown extension ${key} is ignored${didYouMean(key, OPERATION)}`)
  }
}
