import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { parseBase64, toBase64 } from './base64.ts'

/** What `contentHandling` says; null where the definition says nothing. */
type ContentHandling = IntegrationDocument['contentHandling']

/** A body after its conversion: text, or bytes that are none. */
export type ConvertedBody = string | Uint8Array<ArrayBuffer>

/**
 * Converts the client's body for the integration (aws-rest 6.9). `isBinary` says whether its content type is one of the API's binary media types. Null when text
 * should be base64 and is not.
 */
export function convertRequestBody(bytes: Uint8Array<ArrayBuffer>, { isBinary, contentHandling }: { readonly isBinary: boolean; readonly contentHandling: ContentHandling }): ConvertedBody | null {
  if (isBinary) return contentHandling === 'CONVERT_TO_TEXT' ? toBase64(bytes) : bytes
  const text = toText(bytes)
  return contentHandling === 'CONVERT_TO_BINARY' ? parseBase64(text) : text
}

/**
 * Converts the backend's body for the client (aws-rest 6.9): `isBinary` tells of its content type, `isBinaryAccepted` of the first type that the client accepts.
 * Null when text should be base64 and is not.
 */
export function convertResponseBody(
  bytes: Uint8Array<ArrayBuffer>,
  { isBinary, isBinaryAccepted, contentHandling }: { readonly isBinary: boolean; readonly isBinaryAccepted: boolean; readonly contentHandling: ContentHandling },
): ConvertedBody | null {
  const toBinary = contentHandling === 'CONVERT_TO_BINARY' || (contentHandling === null && isBinaryAccepted)
  if (isBinary) return toBinary ? bytes : toBase64(bytes)
  const text = toText(bytes)
  return toBinary ? parseBase64(text) : text
}

/** Whether a conversion leaves every body as it is, so that it need not be read. */
export function keepsResponseBody({ isBinary, isBinaryAccepted, contentHandling }: { readonly isBinary: boolean; readonly isBinaryAccepted: boolean; readonly contentHandling: ContentHandling }): boolean {
  const toBinary = contentHandling === 'CONVERT_TO_BINARY' || (contentHandling === null && isBinaryAccepted)
  return isBinary === toBinary
}

/** Reads bytes as UTF-8; what is none becomes U+FFFD, and a byte order mark stays (aws-rest 6.9). */
export function toText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)
}

/** Reads bytes as UTF-8; null when they are none. */
export function toStrictText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // The decoder tells bad input only by throwing.
    return null
  }
}
