/** What the plain JavaScript beside this file exports. */
export const handler: (event: unknown, context: unknown, callback?: unknown) => unknown
