/** What a Workflow takes as an instance's id without change; an execution's name may hold more. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/u

/** The id of an execution's Workflow instance: its name, or, where that holds characters no id may have, a digest that is longer than any name. */
export async function toInstanceId(name: string): Promise<string> {
  if (PLAIN.test(name)) return name
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name)))
  return `execution-name-sha-256_${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
