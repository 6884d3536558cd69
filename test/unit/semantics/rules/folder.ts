import { compileRules } from '../../../../worker/semantics/rules/compile-rules.ts'

/** A definition of one operation, as YAML lines. */
export function definitionOf(path: string, ...integration: readonly string[]): string {
  return ['openapi: 3.0.1', 'info: { title: T, version: "1" }', 'paths:', `  ${path}:`, '    get:', '      x-amazon-apigateway-integration:', ...integration.map((line) => `        ${line}`), ''].join('\n')
}

/** A definition that is sound. */
export const SOUND = definitionOf('/pets', 'type: http_proxy', 'httpMethod: GET', 'uri: https://example.com/pets')

/** Compiles files and writes what came of it as `severity file:line:column path message`. */
export async function problemsOf(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const compiled = await compileRules(new Map(Object.entries(files)), { env })
  const problems = compiled.ok ? compiled.warnings : compiled.problems
  return problems.map(({ severity, file, line, column, path, message }) => `${severity} ${file}:${line}:${column} ${path}${path === '' ? '' : ' '}${message}`)
}
