import type { AccountDocument, DomainDocument } from '../../../kv-schemas/documents/account.ts'
import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import type { CompiledAccess } from './compile-access.ts'
import type { CompiledStage } from './compile-stage.ts'
import type { Problem } from '../source/report.ts'

/** A rule folder, compiled: the documents that are published. The same files give the same documents, in the same order. */
export interface RuleSet extends CompiledAccess {
  readonly account: AccountDocument
  /** One of each API, in the order of their ids. */
  readonly deployments: readonly DeploymentDocument[]
  /** Every stage at revision 1, pointing at the deployment of its API. */
  readonly stages: readonly StageDocument[]
  /** What the stages' files say, for a push that changes stages that are there already. */
  readonly stageRules: readonly CompiledStage[]
  readonly domains: readonly DomainDocument[]
}

/** What came of compiling a rule folder. Warnings stand in `problems` too. */
export type CompiledRules =
  | { readonly ok: true; readonly rules: RuleSet; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }
