import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. A command's code is loaded when it is called, so that none pays for another's imports. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'dev', summary: 'run the gateway here and publish a rule folder', load: async () => (await import('./commands/dev.ts')).dev },
  { name: 'validate', summary: 'check a rule folder', load: async () => (await import('./commands/validate.ts')).validate },
  { name: 'explain', summary: 'say what a request would meet, and why', load: async () => (await import('./commands/explain.ts')).explain },
  { name: 'import', summary: 'make the rule files of an API from an OpenAPI document', load: async () => (await import('./commands/import.ts')).importFile },
  { name: 'template', summary: 'render a mapping template', load: async () => (await import('./commands/template.ts')).template },
  { name: 'test', summary: 'run the golden files of a rule folder', load: async () => (await import('./commands/test.ts')).test },
]
