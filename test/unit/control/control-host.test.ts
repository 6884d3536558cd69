import { describe, expect, test } from 'vitest'
import { isControlHost, isOwnPath } from '../../../worker/control/control-host.ts'

describe("the gateway's own paths", () => {
  test.each([
    ['http://a.test/_stagedoor', true],
    ['http://a.test/_stagedoor/', true],
    ['http://a.test/_stagedoor/v1/apis?x=1', true],
    ['http://a.test/_stagedoor?x=1', true],
    ['http://a.test:8787/_stagedoor/v1', true],
    ['http://a.test/_stagedoors', false],
    ['http://a.test/_stagedoor-v1', false],
    ['http://a.test/prod/_stagedoor/v1', false],
    ['http://a.test/?/_stagedoor/v1', false],
    ['http://a.test/', false],
    ['http://_stagedoor/', false],
  ])('%s: %s', (url, isOwn) => {
    expect(isOwnPath(url)).toBe(isOwn)
  })
})

describe('control hosts', () => {
  test.each([
    ['http://control.test/_stagedoor', 'control.test', true],
    ['http://control.test:8787/', 'other.test, CONTROL.test', true],
    ['http://api.test/', 'control.test', false],
    ['http://api.test/', '', false],
  ])('%s is one of "%s": %s', (url, hosts, isOne) => {
    expect(isControlHost(url, hosts)).toBe(isOne)
  })
})
