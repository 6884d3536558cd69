import { describe, expect, it } from 'vitest'
import { addChange, changedPathsOf, isOutdated, isUnsafe, noChanges } from '../../../../worker/semantics/caching/changed-paths.ts'
import { toCanonicalPath } from '../../../../worker/semantics/routing/canonical-path.ts'

const ROWS: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
  ['its own path', {}, ['/pets']],
  ['Location, relative', { location: '/shop/dev/pets/7' }, ['/pets', '/pets/7']],
  ['Location beside it', { location: 'pets/7' }, ['/pets', '/pets/7']],
  ['Location, absolute', { location: 'https://gateway.test/shop/dev/pets/7?x=1#y' }, ['/pets', '/pets/7']],
  ['Content-Location', { 'content-location': '/shop/dev/pets/7/' }, ['/pets', '/pets/7']],
  ['both', { location: '/shop/dev/a', 'content-location': '/shop/dev/b' }, ['/pets', '/a', '/b']],
  ['not another host', { location: 'https://other.test/shop/dev/pets/7' }, ['/pets']],
  ['not another scheme', { location: 'http://gateway.test/shop/dev/pets/7' }, ['/pets']],
  ['not another port', { location: 'https://gateway.test:444/shop/dev/pets/7' }, ['/pets']],
  ['not another stage', { location: '/shop/prod/pets/7' }, ['/pets']],
  ['not what is no address', { location: 'https://[' }, ['/pets']],
]

describe('an unsafe request changes', () => {
  it.each(ROWS)('%s', (_name, headers, expected) => {
    const changing = { url: 'https://gateway.test/shop/dev/pets', fullPath: toCanonicalPath('/shop/dev/pets'), resourcePath: toCanonicalPath('/pets'), answerHeaders: new Headers(headers) }
    expect(changedPathsOf(changing)).toEqual(expected)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE'])('by %s', (method) => expect(isUnsafe(method)).toBe(true))
  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('not by %s', (method) => expect(isUnsafe(method)).toBe(false))
})

describe('what is remembered of changes', () => {
  it('outdates what was asked for before, of the path only', () => {
    const changes = noChanges()
    addChange(changes, { path: '/a', atMs: 100 })
    expect([isOutdated(changes, '/a', 99), isOutdated(changes, '/a', 100), isOutdated(changes, '/a', 101), isOutdated(changes, '/b', 99)]).toEqual([true, true, false, false])
  })

  it('keeps the later of two changes, whichever comes first', () => {
    const changes = noChanges()
    for (const atMs of [100, 50]) addChange(changes, { path: '/a', atMs })
    expect(isOutdated(changes, '/a', 80)).toBe(true)
  })

  it('counts everything before a change that had to be forgotten as outdated', () => {
    const changes = noChanges()
    for (const [path, atMs] of [['/a', 100], ['/b', 200], ['/c', 300]] as const) addChange(changes, { path, atMs }, 2)
    expect([changes.atMs.size, isOutdated(changes, '/a', 100), isOutdated(changes, '/z', 100), isOutdated(changes, '/z', 101)]).toEqual([2, true, true, false])
  })
})
