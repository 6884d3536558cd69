/**
 * Rendering of mapping templates against velocityjs, both from a parsed template, the two interleaved so that a busy
 * machine slows both alike; the fastest round of each counts. Ours does more in that time: it parses the body and builds
 * `$context`, where velocityjs is handed objects. Run with `node bench/templates.ts`; exits 1 below the wanted ratio.
 */
import { Compile, parse } from 'velocityjs'
import { compileTemplate } from '../worker/semantics/templates/compile-template.ts'
import { renderTemplate } from '../worker/semantics/templates/render-template.ts'
import type { TemplateScope } from '../worker/semantics/templates/template-scope.ts'

const RATIO_MIN = 3
const ROUNDS = 60
const RENDERS_A_ROUND = 200

// What the console offers as "method request passthrough": the body, every parameter, the stage variables and $context.
const PASS_THROUGH = `#set($all = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $all.keySet())
    #set($params = $all.get($type))
"$type" : {
    #foreach($name in $params.keySet())
    "$name" : "$util.escapeJavaScript($params.get($name))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage-variables" : {
#foreach($key in $stageVariables.keySet())
"$key" : "$util.escapeJavaScript($stageVariables.get($key))"
    #if($foreach.hasNext),#end
#end
},
"context" : {
    "account-id" : "$context.identity.accountId",
    "api-id" : "$context.apiId",
    "api-key" : "$context.identity.apiKey",
    "authorizer-principal-id" : "$context.authorizer.principalId",
    "caller" : "$context.identity.caller",
    "http-method" : "$context.httpMethod",
    "stage" : "$context.stage",
    "source-ip" : "$context.identity.sourceIp",
    "user" : "$context.identity.user",
    "user-agent" : "$context.identity.userAgent",
    "user-arn" : "$context.identity.userArn",
    "request-id" : "$context.requestId",
    "resource-id" : "$context.resourceId",
    "resource-path" : "$context.resourcePath"
    }
}
`

const LOOP = `#set($items = $input.path('$.items'))
{"items": [
#foreach($item in $items)
  {"id": $item.id, "name": "$util.escapeJavaScript($item.name)"#if($item.price > 50), "dear": true#end}#if($foreach.hasNext),#end
#end
]}
`

const HEADERS = {
  Accept: '*/*',
  'CloudFront-Viewer-Country': 'DE',
  'Content-Type': 'application/json',
  Host: 'api.example.com',
  'User-Agent': 'curl/8.5.0',
  'X-Amzn-Trace-Id': 'Root=1-67e0c5a1-3a1b2c3d4e5f60718293a4b5',
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Proto': 'https',
}
const CONTEXT = {
  resourceId: 'abc123',
  resourcePath: '/pets/{petId}',
  httpMethod: 'POST',
  stage: 'prod',
  requestId: '7b1f3f4e-0a52-4f6c-9d1d-2f1c6d0a9b11',
  identity: { accountId: null, apiKey: null, caller: null, sourceIp: '203.0.113.7', user: null, userAgent: 'curl/8.5.0', userArn: null },
  apiId: 'petstore',
}
const SCOPE: TemplateScope = {
  body: JSON.stringify({ name: 'Rex', tags: ['a', 'b'], owner: { id: 7 } }),
  params: { path: { petId: '42' }, querystring: { verbose: 'true' }, header: HEADERS },
  context: CONTEXT,
  stageVariables: { backend: 'blue', table: 'pets' },
}
const ITEMS = Array.from({ length: 100 }, (_, id) => ({ id, name: `Item "${id}"`, price: id }))

/** A record with the methods of a Java map, as velocityjs needs them. */
function toMapLike(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...record, keySet: () => Object.keys(record), get: (name: string) => record[name] }
}

function toVelocityContext(scope: TemplateScope): Record<string, unknown> {
  const body: unknown = JSON.parse(scope.body)
  const { path, querystring, header } = scope.params
  const parameters = toMapLike({ path: toMapLike(path), querystring: toMapLike(querystring), header: toMapLike(header) })
  return {
    input: { params: () => parameters, json: () => JSON.stringify(body), path: () => ITEMS },
    util: { escapeJavaScript: (text: string) => text.replaceAll(/["'\\/]/g, String.raw`\$&`) },
    stageVariables: toMapLike(scope.stageVariables),
    context: CONTEXT,
  }
}

/** The fewest microseconds that one rendering took in a round. */
function time(render: () => void): number {
  const start = performance.now()
  for (let round = 0; round < RENDERS_A_ROUND; round++) render()
  return ((performance.now() - start) * 1000) / RENDERS_A_ROUND
}

function compareOn(name: string, source: string, scope: TemplateScope): number {
  const compiled = compileTemplate(source)
  if (!compiled.ok) throw new Error(`${name} does not compile: ${JSON.stringify(compiled.problems)}`)
  const { template } = compiled
  const ast = parse(source)
  const context = toVelocityContext(scope)
  const ours = () => renderTemplate(template, scope)
  const theirs = () => new Compile(ast).render(context)
  const best = { ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY }
  for (let round = 0; round < ROUNDS; round++) {
    best.ours = Math.min(best.ours, time(ours))
    best.theirs = Math.min(best.theirs, time(theirs))
  }
  const ratio = best.theirs / best.ours
  console.log(`${name}: ours ${best.ours.toFixed(1)} us, velocityjs ${best.theirs.toFixed(1)} us, ${ratio.toFixed(1)} times faster`)
  return ratio
}

const ratios = [
  compareOn('pass-through', PASS_THROUGH, SCOPE),
  compareOn('100-element loop', LOOP, { ...SCOPE, body: JSON.stringify({ items: ITEMS }) }),
]
if (Math.min(...ratios) < RATIO_MIN) {
  console.error(`Below the wanted ratio of ${RATIO_MIN}.`)
  process.exitCode = 1
}
