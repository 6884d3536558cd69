import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildRouteTree, matchRoute, type Route, type RouteTree } from '../../../../worker/semantics/routing/route-tree.ts'
import { matchNaively } from './naive-matcher.ts'

/** A route list in short: each line a method and a path; the leaf is the line itself. */
function routesOf(...lines: readonly string[]): Route<string>[] {
  const byPath = new Map<string, Record<string, string>>()
  for (const line of lines) {
    const [method = '', path = ''] = line.split(' ')
    byPath.set(path, { ...byPath.get(path), [method]: line })
  }
  return [...byPath].map(([path, methods]) => ({ path, methods }))
}

/** The tree as an isolate has it: it was written as JSON. */
function treeOf(routes: readonly Route<string>[]): RouteTree<string> {
  const read: RouteTree<string> = JSON.parse(JSON.stringify(buildRouteTree(routes)))
  return read
}

describe('matchRoute answers as Amazon recorded it (aws-rest 1.3, 1.4)', () => {
  const rows: readonly { name: string; routes: readonly string[]; request: string; leaf: string | null; parameters?: Record<string, string> }[] = [
    { name: 'a resource without the method gives way to a greedy one', routes: ['POST /test', 'OPTIONS /{proxy+}'], request: 'OPTIONS /test', leaf: 'OPTIONS /{proxy+}', parameters: { proxy: 'test' } },
    { name: 'the method of the literal resource wins', routes: ['POST /test', 'OPTIONS /{proxy+}'], request: 'POST /test', leaf: 'POST /test' },
    { name: 'ANY of the literal resource wins', routes: ['ANY /test/any', 'ANY /{proxy+}'], request: 'GET /test/any', leaf: 'ANY /test/any' },
    { name: 'a literal beats a greedy part', routes: ['GET /{param+}', 'GET /part1/hardcoded-value'], request: 'GET /part1/hardcoded-value', leaf: 'GET /part1/hardcoded-value' },
    { name: 'back out of a literal that leads nowhere', routes: ['GET /{param+}', 'GET /part1/hardcoded-value'], request: 'GET /part1/random-value', leaf: 'GET /{param+}', parameters: { param: 'part1/random-value' } },
    { name: 'a variable below a literal beats a greedy sibling', routes: ['GET /proxy/{proxy+}', 'GET /proxy/bar/{param}'], request: 'GET /proxy/bar/foo', leaf: 'GET /proxy/bar/{param}', parameters: { param: 'foo' } },
    { name: 'a greedy part needs at least one part', routes: ['GET /parent/{proxy+}'], request: 'GET /parent', leaf: null },
    { name: 'a greedy part at the root does not take the root', routes: ['ANY /{proxy+}'], request: 'GET /', leaf: null },
    { name: 'a slash at the end does not count', routes: ['GET /{proxy+}'], request: 'GET /proxy-value/', leaf: 'GET /{proxy+}', parameters: { proxy: 'proxy-value' } },
    { name: 'inner double slashes stay in a greedy value', routes: ['GET /{proxy+}'], request: 'GET /proxy-value//double-slash', leaf: 'GET /{proxy+}', parameters: { proxy: 'proxy-value//double-slash' } },
    { name: 'leading double slashes collapse', routes: ['GET /hardcoded'], request: 'GET //hardcoded', leaf: 'GET /hardcoded' },
    { name: 'escapes stay in values', routes: ['GET /{proxy+}'], request: 'GET /user/test%2Balias@gmail.com', leaf: 'GET /{proxy+}', parameters: { proxy: 'user/test%2Balias@gmail.com' } },
    { name: '%2F does not split a part', routes: ['GET /{a}', 'GET /{a}/{b}'], request: 'GET /x%2Fy', leaf: 'GET /{a}', parameters: { a: 'x%2Fy' } },
    { name: 'GET does not serve HEAD', routes: ['GET /pets'], request: 'HEAD /pets', leaf: null },
    { name: 'ANY serves HEAD', routes: ['ANY /pets'], request: 'HEAD /pets', leaf: 'ANY /pets' },
    { name: 'ANY does not serve TRACE', routes: ['ANY /pets', 'ANY /{proxy+}'], request: 'TRACE /pets', leaf: null },
    { name: 'ANY does not serve methods of WebDAV', routes: ['ANY /pets'], request: 'PROPFIND /pets', leaf: null },
    { name: 'a method of its own beats ANY', routes: ['ANY /pets', 'GET /pets'], request: 'GET /pets', leaf: 'GET /pets' },
    { name: 'case counts', routes: ['GET /pets'], request: 'GET /Pets', leaf: null },
    { name: 'a double slash inside does not get around a literal', routes: ['GET /admin/users', 'ANY /{proxy+}'], request: 'GET /admin//users', leaf: 'GET /admin/users' },
    { name: 'a part called __proto__ is a part', routes: ['GET /__proto__'], request: 'GET /__proto__', leaf: 'GET /__proto__' },
    { name: 'a method called like a member of Object is no method', routes: ['GET /pets'], request: 'constructor /pets', leaf: null },
  ]
  for (const { name, routes, request, leaf, parameters } of rows) {
    it(name, () => {
      const [method = '', path = ''] = request.split(' ')
      const match = matchRoute(treeOf(routesOf(...routes)), path, method)
      expect(match).toEqual(leaf === null ? null : { leaf, pathParameters: parameters ?? {} })
    })
  }
})

/** Route lists that meet each other at every level, and probes full of tricks. */
const PATTERNS = ['/', '/a', '/a/b', '/a/{x}', '/a/{x}/c', '/a/b/{y+}', '/{x}', '/{x}/b', '/{x}/{y}/c', '/{p+}', '/a/{p+}', '/__proto__', '/a/__proto__/{x}', '/%2e', '/a.b/c:d']
const PROBES = [
  '', '/', '//', '/a', '/a/', '//a', '/a//', '/a/b', '/a//b', '/a/b/', '/a/b//c', '/a/b/c', '/a/b/c/d', '/A', '/a%2fb', '/a%2Fb', '/%61', '/a/%2e%2e/b', '/a;x=1', '/a/b;x',
  '/z', '/z/b', '/z/b/c', '/z/y/c/', '/__proto__', '/a/__proto__/q', '/constructor', '/a.b/c:d', '/{x}', '/a/{x}', '/%00', '/a/\u00e9', '/...', '/a/...//',
]
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'ANY', 'get', '__proto__', '']

describe('the tree answers like the naive matcher', () => {
  it('over every pair of patterns and every probe', () => {
    for (const first of PATTERNS) {
      for (const second of PATTERNS) {
        const routes = routesOf(`GET ${first}`, `ANY ${second}`)
        const tree = treeOf(routes)
        for (const path of PROBES) {
          for (const method of METHODS) expect({ path, method, match: matchRoute(tree, path, method) }).toEqual({ path, method, match: matchNaively(routes, path, method) })
        }
      }
    }
  })

  it('over generated route lists', () => {
    const part = fc.constantFrom('a', 'b', 'c', '{x}', '{x}')
    const pathOf = fc.tuple(fc.array(part, { maxLength: 5 }), fc.boolean()).map(([parts, isGreedy]) => `/${[...parts, ...(isGreedy ? ['{rest+}'] : [])].join('/')}`)
    const lines = fc.array(fc.tuple(fc.constantFrom('GET', 'POST', 'ANY'), pathOf).map((pair) => pair.join(' ')), { minLength: 1, maxLength: 12 })
    const probe = fc.array(fc.constantFrom('a', 'b', 'c', 'z', '', '%2F'), { maxLength: 7 }).map((parts) => `/${parts.join('/')}`)
    fc.assert(
      fc.property(lines, probe, fc.constantFrom('GET', 'POST', 'PUT'), (routeLines, path, method) => {
        const routes = routesOf(...routeLines)
        expect(matchRoute(treeOf(routes), path, method)).toEqual(matchNaively(routes, path, method))
      }),
      { seed: 20261122, numRuns: 3000 },
    )
  })
})
