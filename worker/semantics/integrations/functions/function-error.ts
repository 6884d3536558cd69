/** The `errorMessage` of a function's payload, when the payload is an object that has one (aws-rest 6.4); null otherwise. */
export function errorMessageOf(payload: string): string | null {
  if (!payload.includes('"errorMessage"')) return null
  try {
    const value: unknown = JSON.parse(payload)
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !('errorMessage' in value)) return null
    const { errorMessage } = value
    return typeof errorMessage === 'string' ? errorMessage : JSON.stringify(errorMessage)
  } catch {
    // Not JSON: there is no message to select by.
    return null
  }
}
