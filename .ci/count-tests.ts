import { readFileSync } from 'node:fs'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/** Prints `passed failed` of a vitest JSON report. A file that did not even load counts as one failure. */
const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report
const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
console.log(`${report.numPassedTests} ${report.numFailedTests + unloaded}`)
