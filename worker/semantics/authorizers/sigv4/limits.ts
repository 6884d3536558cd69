/** Bounds of what a signature may look like, each with its source. */
export const SIGV4_LIMITS = {
  /** aws-websocket-and-services E4: clocks may differ by five minutes. */
  skewMs: 5 * 60 * 1000,
  /** E3: a presigned URL lives for seven days at most. */
  expiresSecondsMax: 604_800,
  /** aws-rest 17: all request headers of a request take at most 10,240 bytes, so one of them does too. */
  authorizationLengthMax: 10_240,
  /** Ours: more signed headers than any client sends; bounds the work of one verification. */
  signedHeadersMax: 200,
} as const
