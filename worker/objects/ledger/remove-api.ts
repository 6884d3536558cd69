import type { ApiId } from '../../../kv-schemas/ids.ts'
import { notFound, notPossible } from '../../semantics/stages/control-refusal.ts'
import { audit, type By } from './audit.ts'
import type { Book } from './book.ts'
import { hasApi, inOneGo, type Reply } from './change-stage.ts'
import { deleteDeployment, listDeployments } from './deployments.ts'
import { deleteDraft } from './drafts.ts'
import { listStages } from './stages.ts'

/**
 * Forgets an API: its draft and its deployments; history and audit log stay.
 * Differs from Amazon: DeleteRestApi takes stages with it; here they are deleted one by one first, because each may serve somebody.
 */
export function removeApi(book: Book, apiId: ApiId, by: By): Reply<null> {
  return inOneGo(book, (refuse) => {
    if (!hasApi(book)) return refuse(notFound('Invalid API identifier specified'))
    const stages = listStages(book).map((record) => record.stageName)
    if (stages.length > 0) return refuse(notPossible('Stages of the API must be deleted first', `stages: ${stages.join(', ')}`))
    for (const { deploymentId } of listDeployments(book, { limit: Number.MAX_SAFE_INTEGER, before: null })) deleteDeployment(book, apiId, deploymentId)
    deleteDraft(book)
    audit(book, by, { action: 'delete', target: `api ${apiId}`, detail: {} })
    return null
  })
}
