import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Attribution } from '../../kv-schemas/control-api/requests.ts'
import type { Call, OptionSpec } from '../command.ts'

/** The options of every command that writes. */
export const ATTRIBUTION_OPTIONS: readonly OptionSpec[] = [
  { name: 'author', value: 'NAME', summary: 'whom history names; from CI or git unless given' },
  { name: 'message', value: 'TEXT', summary: 'why; the last commit message unless given' },
  { name: 'commit', value: 'SHA', summary: 'the source of the rules; from CI or git unless given' },
]

/** Where CI systems tell who runs a job, for what commit. The first that is set counts. */
const CI = {
  author: ['GITHUB_ACTOR', 'GITLAB_USER_LOGIN', 'CIRCLE_USERNAME', 'BUILDKITE_BUILD_AUTHOR'],
  message: ['CI_COMMIT_MESSAGE', 'BUILDKITE_MESSAGE'],
  commit: ['GITHUB_SHA', 'CI_COMMIT_SHA', 'CIRCLE_SHA1', 'BUILDKITE_COMMIT'],
} as const

/** Longer texts are cut: history is read line by line. */
const LIMITS = { authorMax: 256, messageMax: 2_000, commitMax: 128 } as const

/** Who writes, and why: options, then the variables of CI, then git. Nothing of it is an error when it is not known. */
export async function readAttribution(call: Call): Promise<Attribution> {
  const given = { author: call.text('author'), message: call.text('message'), commit: call.text('commit') }
  const [author, message, commit] = [given.author ?? firstSet(CI.author, call), given.message ?? firstSet(CI.message, call), given.commit ?? firstSet(CI.commit, call)]
  const git = author === null || message === null || commit === null ? await readGit(call.directory) : NOTHING
  const chosen = { author: author ?? git.author, message: message ?? git.message, commit: commit ?? git.commit }
  return {
    ...(chosen.author === null ? {} : { author: chosen.author.slice(0, LIMITS.authorMax) }),
    ...(chosen.message === null ? {} : { message: chosen.message.trim().slice(0, LIMITS.messageMax) }),
    ...(chosen.commit === null ? {} : { commit: chosen.commit.slice(0, LIMITS.commitMax) }),
  }
}

function firstSet(names: readonly string[], { env }: Call): string | null {
  for (const name of names) {
    const value = env[name]
    if (value !== undefined && value !== '') return value
  }
  return null
}

interface Known {
  readonly author: string | null
  readonly message: string | null
  readonly commit: string | null
}

const NOTHING: Known = { author: null, message: null, commit: null }

/** The last commit of the folder; `-dirty` says that files have changed since. */
async function readGit(directory: string): Promise<Known> {
  const run = promisify(execFile)
  try {
    const log = await run('git', ['log', '-1', '--format=%H%n%s'], { cwd: directory })
    const status = await run('git', ['status', '--porcelain'], { cwd: directory })
    const user = await run('git', ['config', 'user.name'], { cwd: directory }).catch(() => ({ stdout: '' }))
    const [commit = '', message = ''] = log.stdout.split('\n')
    const author = user.stdout.trim()
    return { author: author === '' ? null : author, message, commit: `${commit}${status.stdout.trim() === '' ? '' : '-dirty'}` }
  } catch {
    // No git, or no repository: history then shows the name of the token.
    return NOTHING
  }
}
