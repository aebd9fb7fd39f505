/**
 * The MCP conformance suite through our client: `npm run conformance`.
 *
 * Runs all scenarios that each revision requires. Exit code 1 when one outside of `expected-failures.yml` fails, or one in it passes.
 */
import { REVISIONS, runSuite } from './run-suite.ts'

let failed = 0
for (const revision of REVISIONS) {
  const { code, output } = await runSuite(revision)
  const summary = output.slice(Math.max(0, output.indexOf('=== SUITE SUMMARY ===')))
  const lines = summary.split('\n').filter((line) => /^[✓✗~]/.test(line) && !line.includes('auth/'))
  console.log(`MCP ${revision}, scenarios without auth/:\n${lines.map((line) => `  ${line}`).join('\n')}`)
  if (code !== 0) {
    failed += 1
    console.log(summary)
  }
}
console.log(
  failed === 0
    ? 'conformance: every scenario is as expected'
    : `conformance: ${failed} requirement sets are not as expected`,
)
process.exitCode = failed === 0 ? 0 : 1
