const REFERENCE = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/gu

/**
 * Puts stage variables into a text: `${stageVariables.name}` becomes the value, or nothing when the stage does not define it; any other `${...}` stays as it is
 * (aws-rest 8.3).
 */
export function renderStageVariables(text: string, variables: Readonly<Record<string, string>>): string {
  if (!text.includes('${')) return text
  return text.replace(REFERENCE, (_reference, name: string) => (Object.hasOwn(variables, name) ? (variables[name] ?? '') : ''))
}
