import type { DeploymentDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { HTTP_METHODS } from '../../../kv-schemas/http-methods.ts'
import { toMemberChange, type Change, type MemberChange } from './change.ts'
import { compareMembers } from './compare-members.ts'
import { compareTables } from './compare-tables.ts'

/** Tells in which ways a deployment differs from another: methods first, then what they use, then the API itself. Null is an API without a deployment. */
export function compareDeployments(before: DeploymentDocument | null, after: DeploymentDocument): readonly Change[] {
  return [
    ...compareTables(toMethods(before), toMethods(after), { noun: '', removed: 'callers get 403 Missing Authentication Token', whole: WHOLE_IN_METHODS, warn: warnOfMethod }),
    ...compareTables(before?.authorizers ?? {}, after.authorizers, { noun: 'authorizer', warn: warnOfAuthorizer }),
    ...compareTables(before?.models ?? {}, after.models, { noun: 'model', whole: new Set(['schema']) }),
    ...compareTables(before?.gatewayResponses ?? {}, after.gatewayResponses, { noun: 'gateway response' }),
    ...(before === null ? [] : compareMembers(toApi(before), toApi(after), new Set(['policy']))).map((change) => toMemberChange('API', change, warnOfApi(change))),
  ]
}

const WHOLE_IN_METHODS: ReadonlySet<string> = new Set(['requestValidator', 'integration.tlsConfig'])

/** Methods by `GET /pets`. Resource ids follow from paths: a reviewer needs no word about them. */
function toMethods(deployment: DeploymentDocument | null): Readonly<Record<string, MethodDocument>> {
  const methods: Record<string, MethodDocument> = {}
  for (const resource of deployment?.resources ?? []) {
    for (const httpMethod of HTTP_METHODS) {
      const method = resource.methods[httpMethod]
      if (method !== undefined) methods[`${httpMethod} ${resource.path}`] = method
    }
  }
  return methods
}

/** The members of the API that stand beside its tables. */
function toApi(deployment: DeploymentDocument): Readonly<Record<string, unknown>> {
  const { schema: _schema, apiId: _apiId, deploymentId: _deploymentId, resources: _resources, authorizers: _authorizers, models: _models, gatewayResponses: _responses, ...api } = deployment
  return api
}

function warnOfMethod({ member, before, after }: MemberChange): string | null {
  switch (member) {
    case 'authorizationType':
      return after === 'NONE' ? 'authorization removed: anybody may call it' : before === 'NONE' ? null : 'callers are authorized in another way'
    case 'authorizerId':
      return after === undefined ? 'authorizer removed' : null
    case 'authorizationScopes':
      return sizeOf(after) === 0 && sizeOf(before) > 0 ? 'any scope is enough' : null
    case 'apiKeyRequired':
      return after === false ? 'API key no longer required' : null
    case 'requestValidator':
      return after === undefined ? 'requests are no longer validated' : null
    case 'integration.cacheKeyParameters':
      return sizeOf(after) < sizeOf(before) ? 'the cache key shrinks: callers may get answers made for others' : null
    case 'integration.credentials':
      return 'the backend is called as somebody else'
    case 'integration.tlsConfig':
      return after === undefined ? null : 'the certificate of the backend may go unchecked'
    default:
      return null
  }
}

function warnOfAuthorizer({ member }: MemberChange): string | null {
  return member === 'identityValidationExpression' || member === 'identitySource' || member.startsWith('jwtConfiguration') || member === 'providerARNs' ? 'other callers may be let in' : null
}

function warnOfApi({ member, before, after }: MemberChange): string | null {
  if (member === 'policy') return after === undefined ? 'resource policy removed: nothing restricts who may connect' : 'other callers may be let in'
  if (member === 'endpointConfiguration.type') return before === 'PRIVATE' ? 'the API can be reached from the internet' : null
  if (member === 'disableExecuteApiEndpoint') return after === false ? 'the default host answers again' : 'the default host stops answering'
  return null
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}
