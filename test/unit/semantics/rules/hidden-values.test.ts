import { expect, it } from 'vitest'
import { problemsOf, SOUND } from './folder.ts'

const SECRET = 'this-is-a-secret-of-the-environment'

it('no message shows a value from the environment', async () => {
  const quota = { limit: '${env.KEY}', period: '${env.KEY}' }
  const files = { 'apis/pets/api.yaml': SOUND, 'apis/pets/stages/dev.json': '{}', 'usage-plans.json': JSON.stringify({ usagePlans: [{ id: 'a', quota }] }) }
  const problems = await problemsOf(files, { KEY: SECRET })
  expect(problems).toHaveLength(2)
  expect(problems.join('\n')).not.toContain(SECRET)
})
