import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseAmzDate } from '../../../../../worker/semantics/authorizers/sigv4/amz-date.ts'
import { sha256Hex } from '../../../../../worker/semantics/authorizers/sigv4/digest.ts'
import { parseSignature } from '../../../../../worker/semantics/authorizers/sigv4/parse-signature.ts'
import { deriveSigningKey } from '../../../../../worker/semantics/authorizers/sigv4/signing-key.ts'
import { verifySignature } from '../../../../../worker/semantics/authorizers/sigv4/verify-signature.ts'
import { readSample } from '../../../../samples.ts'

const requestShape = z.object({
  method: z.string(), path: z.string(), query: z.string(), headers: z.array(z.tuple([z.string(), z.string()])), body: z.string(),
})
const contextShape = z.object({
  accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string().nullable(),
  region: z.string(), service: z.string(), timestamp: z.string(), normalizePath: z.boolean(),
})
const form = z.object({ signedRequest: requestShape })
const positives = z.array(z.object({ id: z.string(), context: contextShape, header: form, query: form }))
const negatives = z.array(z.object({ id: z.string(), context: contextShape, request: requestShape }))

type Context = z.infer<typeof contextShape>

async function verify(request: z.infer<typeof requestShape>, context: Context, nowMs: number): Promise<string> {
  const parsed = await parseSignature(request, { region: context.region, service: context.service, nowMs })
  if (parsed.kind === 'refused') return parsed.refusal.errorType
  if (parsed.signature.accessKeyId !== context.accessKeyId) return 'UnrecognizedClientException'
  const signingKey = await deriveSigningKey(context.secretAccessKey, parsed.signature.scope)
  const token = context.sessionToken === null ? {} : { sessionTokenSha256: await sha256Hex(context.sessionToken) }
  const readBody = () => Promise.resolve(new TextEncoder().encode(request.body))
  const verdict = await verifySignature(request, parsed.signature, { signingKey, ...token }, { nowMs, readBody, normalizePath: context.normalizePath })
  return verdict.kind === 'verified' ? 'verified' : verdict.refusal.errorType
}

const cases = readSample('sigv4/sigv4-cases.json')
const derived = readSample('sigv4/sigv4-negatives-derived.json')

const positiveRows = cases === undefined ? [] : positives.parse(cases).flatMap((sample) => [
  { name: `${sample.id} (header)`, context: sample.context, request: sample.header.signedRequest },
  { name: `${sample.id} (query)`, context: sample.context, request: sample.query.signedRequest },
])

describe.skipIf(positiveRows.length === 0)('the published signature vectors verify', () => {
  test.each(positiveRows)('$name', async ({ context, request }) => {
    expect(await verify(request, context, Date.parse(context.timestamp))).toBe('verified')
  })
})

/** The mutations that are refused before or after the signature is compared, with Amazon's error type. */
const expectedErrors: Readonly<Record<string, string>> = {
  'neg-scope-region': 'InvalidSignatureException', 'neg-scope-terminator': 'InvalidSignatureException', 'neg-alg': 'IncompleteSignatureException',
  'neg-unknown-key': 'UnrecognizedClientException', 'neg-missing-signature': 'IncompleteSignatureException',
  'neg-query-expires-raised': 'IncompleteSignatureException', 'neg-token-removed': 'UnrecognizedClientException',
}
const negativeRows = derived === undefined ? [] : negatives.parse(derived)

describe.skipIf(negativeRows.length === 0)('the derived negatives are refused', () => {
  test.each(negativeRows)('$id', async ({ id, context, request }) => {
    const nowMs = id === 'neg-query-expired' ? parseAmzDate('20150830T133601Z') : Date.parse(context.timestamp)
    expect(await verify(request, context, nowMs ?? 0)).toBe(expectedErrors[id] ?? 'InvalidSignatureException')
  })
})
