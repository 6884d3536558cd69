import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. A command's code is loaded when it is called, so that none pays for another's imports. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'dev', summary: 'run the gateway here and publish a rule folder', load: async () => (await import('./commands/dev.ts')).dev },
  { name: 'validate', summary: 'check a rule folder', load: async () => (await import('./commands/validate.ts')).validate },
  { name: 'explain', summary: 'say what a request would meet, and why', load: async () => (await import('./commands/explain.ts')).explain },
  { name: 'diff', summary: 'show how a rule folder differs from what runs', load: async () => (await import('./commands/diff.ts')).diff },
  { name: 'push', summary: 'publish a rule folder to a gateway', load: async () => (await import('./commands/push.ts')).push },
  { name: 'status', summary: 'show what each stage runs', load: async () => (await import('./commands/status.ts')).status },
  { name: 'deploy', summary: 'deploy to a stage', load: async () => (await import('./commands/deploy.ts')).deploy },
  { name: 'deployments', summary: 'list deployments, or the history of a stage', load: async () => (await import('./commands/deployments.ts')).deployments },
  { name: 'rollback', summary: 'take a stage back', load: async () => (await import('./commands/rollback.ts')).rollback },
  { name: 'canary start', summary: 'send a share of the traffic to another deployment', load: async () => (await import('./commands/canary-start.ts')).canaryStart },
  { name: 'canary set', summary: 'change a canary', load: async () => (await import('./commands/canary-set.ts')).canarySet },
  { name: 'canary promote', summary: 'make the canary the stage', load: async () => (await import('./commands/canary-end.ts')).canaryPromote },
  { name: 'canary cancel', summary: 'end a canary', load: async () => (await import('./commands/canary-end.ts')).canaryCancel },
  { name: 'canary status', summary: 'show a canary', load: async () => (await import('./commands/canary-status.ts')).canaryStatus },
  { name: 'audit', summary: 'show every write', load: async () => (await import('./commands/audit.ts')).audit },
  { name: 'token', summary: 'make a token for the control API', load: async () => (await import('./commands/token.ts')).token },
  { name: 'import', summary: 'make the rule files of an API from an OpenAPI document', load: async () => (await import('./commands/import.ts')).importFile },
  { name: 'template', summary: 'render a mapping template', load: async () => (await import('./commands/template.ts')).template },
  { name: 'test', summary: 'run the golden files of a rule folder', load: async () => (await import('./commands/test.ts')).test },
]
