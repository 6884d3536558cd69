import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePorts } from '../../../bench/free-ports.ts'

/** The tokens that a user got by signing in. */
export interface SignedIn {
  readonly IdToken: string
  readonly AccessToken: string
  readonly RefreshToken: string
}

/** A running cognito-local. */
export interface UserPools {
  /** What stands in for Cognito, and issues its tokens. */
  readonly endpoint: string
  /** Makes a pool and gives its id. */
  createPool(name: string): Promise<string>
  /** Makes a client of a pool whose tokens live for so many minutes, and gives its id. */
  createClient(poolId: string, validityMinutes: number): Promise<string>
  /** Makes a user, named by an address, with a password. */
  createUser(poolId: string, name: string): Promise<void>
  signIn(poolId: string, clientId: string, name: string, flow: 'InitiateAuth' | 'AdminInitiateAuth'): Promise<SignedIn>
  stop(): Promise<void>
}

const require = createRequire(import.meta.url)
const PASSWORD = 'Correct-horse-1'

/** Starts cognito-local on a free port, in a folder of its own. */
export async function startCognitoLocal(): Promise<UserPools> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-cognito-'))
  const [port] = await freePorts(1)
  const endpoint = `http://127.0.0.1:${port}`
  await mkdir(path.join(folder, '.cognito'))
  await writeFile(path.join(folder, '.cognito', 'config.json'), JSON.stringify({ TokenConfig: { IssuerDomain: endpoint }, ServerConfig: { hostname: '127.0.0.1', port } }))
  const program = require.resolve('cognito-local/lib/bin/start.js')
  const child = spawn(process.execPath, [program], { cwd: folder, env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', AWS_REGION: 'local' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString()
      if (printed.includes('Cognito Local running')) resolve()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', () => reject(new Error(`cognito-local ended: ${printed}`)))
  })
  const call = (target: string, body: unknown): Promise<Readonly<Record<string, unknown>>> => callCognito(endpoint, target, body)
  return {
    endpoint,
    createPool: async (PoolName) => textOf(await call('CreateUserPool', { PoolName }), 'UserPool', 'Id'),
    createClient: async (UserPoolId, minutes) =>
      textOf(await call('CreateUserPoolClient', { UserPoolId, ClientName: 'web', IdTokenValidity: minutes, AccessTokenValidity: minutes, TokenValidityUnits: { IdToken: 'minutes', AccessToken: 'minutes' }, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH'] }), 'UserPoolClient', 'ClientId'),
    async createUser(UserPoolId, Username) {
      await call('AdminCreateUser', { UserPoolId, Username, MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'email', Value: Username }] })
      await call('AdminSetUserPassword', { UserPoolId, Username, Password: PASSWORD, Permanent: true })
    },
    async signIn(UserPoolId, ClientId, USERNAME, flow) {
      const AuthParameters = { USERNAME, PASSWORD }
      const answer = flow === 'InitiateAuth' ? await call(flow, { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }) : await call(flow, { UserPoolId, ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters })
      return answer['AuthenticationResult'] as SignedIn
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function callCognito(endpoint: string, target: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityProviderService.${target}` }
  const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${target}: ${response.status} ${text}`)
  return JSON.parse(text) as Readonly<Record<string, unknown>>
}

function textOf(answer: Readonly<Record<string, unknown>>, member: string, field: string): string {
  return String((answer[member] as Readonly<Record<string, unknown>>)[field])
}
