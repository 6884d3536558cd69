import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { createHash } from 'node:crypto'
import { defineConfig } from 'vitest/config'

/** Tokens of the control API under test: `test-token-<role>`, and one that has ended (test/workerd/control/client.ts). */
const CONTROL_TOKENS = JSON.stringify([
  { name: 'reader', sha256: sha256('test-token-read'), role: 'read' },
  { name: 'deployer', sha256: sha256('test-token-deploy'), role: 'deploy' },
  { name: 'admin', sha256: sha256('test-token-admin'), role: 'admin', expires: '2999-01-01T00:00:00Z' },
  { name: 'leaver', sha256: sha256('test-token-expired'), role: 'admin', expires: '2020-01-01T00:00:00Z' },
])

/** A secret that encrypts cached answers under test. */
const CACHE_ENCRYPTION_KEY = `test:${Buffer.from('cache key of the tests, 32 bytes!').toString('base64')}`

/** How many requests the test of killed quotas sends; 100000 is the full size. */
const STAGEDOOR_QUOTA_REQUESTS = process.env['STAGEDOOR_QUOTA_REQUESTS'] ?? '1000'

/** Three suites: portable code on Node, the Worker inside workerd, and whole processes from outside. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        plugins: [cloudflareTest({ main: './worker/index.ts', wrangler: { configPath: './wrangler.toml' }, miniflare: { bindings: { CACHE_ENCRYPTION_KEY, CONTROL_TOKENS, STAGEDOOR_QUOTA_REQUESTS } } })],
        test: { name: 'workerd', include: ['test/workerd/**/*.test.ts'], testTimeout: 60_000 },
      },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
