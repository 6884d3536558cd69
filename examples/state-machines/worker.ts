import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'

/** What an adoption starts with. */
interface Application {
  readonly petId?: string
  readonly applicant?: string
}

/** Adopts a pet in three steps; each is done once, whatever happens in between. */
export class Adoption extends WorkflowEntrypoint<unknown, Application> {
  override async run(event: Readonly<WorkflowEvent<Application>>, step: WorkflowStep): Promise<unknown> {
    const { petId, applicant } = event.payload
    const checked = await step.do('check the application', { retries: { limit: 0, delay: '1 second' } }, async () => {
      if (petId === undefined || applicant === undefined) throw new Error('an application names a petId and an applicant')
      return { petId, applicant }
    })
    await step.sleep('let everybody sleep on it', petId === 'patience' ? '1 hour' : 100)
    const certificate = await step.do('write the certificate', async () => `${checked.applicant} adopts ${checked.petId}`)
    return { certificate, petId: checked.petId }
  }
}

export default {
  fetch: () => new Response('This Worker runs state machines; the gateway starts them.\n', { status: 404 }),
} satisfies ExportedHandler
