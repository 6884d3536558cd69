import { describe, expect, it } from 'vitest'
import { findNearMisses } from '../../../../worker/semantics/routing/near-misses.ts'

const RESOURCES = [
  { path: '/pets', methods: ['GET', 'POST'] },
  { path: '/pets/{petId}', methods: ['GET'] },
  { path: '/Pets', methods: ['GET'] },
  { path: '/parts', methods: ['GET'] },
  { path: '/orders/{id}/lines', methods: ['ANY'] },
  { path: '/files/{path+}', methods: ['PUT'] },
]

describe('resources that somebody may have meant', () => {
  const rows: readonly { readonly asked: string; readonly misses: readonly string[] }[] = [
    { asked: 'DELETE /pets', misses: ['/pets: has no DELETE, only GET, POST', '/Pets: Pets is not pets: paths are case-sensitive', '/parts: parts is not pets: another literal', '/pets/{petId}: has one part more: {petId}'] },
    { asked: 'GET /pest', misses: ['/pets: pets is not pest: another literal', '/Pets: Pets is not pest: another literal'] },
    { asked: 'GET /orders/1/line', misses: ['/orders/{id}/lines: lines is not line: another literal'] },
    { asked: 'GET /orders/1/lines/2', misses: ['/orders/{id}/lines: ends before 2'] },
    { asked: 'GET /files/a/b/c', misses: ['/files/{path+}: has no GET, only PUT'] },
    { asked: 'GET /files', misses: ['/files/{path+}: has one part more: {path+}'] },
    { asked: 'GET /', misses: ['/pets: has one part more: pets', '/Pets: has one part more: Pets', '/parts: has one part more: parts'] },
    { asked: 'GET /nothing/like/it/at/all', misses: [] },
  ]
  for (const { asked, misses } of rows) {
    it(`for ${asked}`, () => {
      const [httpMethod = '', path = ''] = asked.split(' ')
      const found = findNearMisses(RESOURCES, { httpMethod, path, chosen: null }).map((miss) => `${miss.path}: ${miss.reason}`)
      expect(found).toEqual(misses)
    })
  }

  it('leave out the one that answers, and those of other lengths', () => {
    expect(findNearMisses(RESOURCES, { httpMethod: 'GET', path: '/pets', chosen: '/pets' }).map((miss) => miss.path)).toEqual(['/Pets', '/parts'])
  })
})
