#!/usr/bin/env node
// What `npx stagedoor` runs. In JavaScript, so that Node.js need not load its TypeScript compiler when all else is in the compile cache already.
import { enableCompileCache } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

// Where Node.js would have it anyway; threads look in the environment.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')
enableCompileCache()

await import('./stagedoor.ts')
