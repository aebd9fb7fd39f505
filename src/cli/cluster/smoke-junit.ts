import { escapeXml } from '../terminal/escape-xml.ts'
import type { SmokeResult } from './run-smoke.ts'

/** Smoke runs as JUnit XML: one suite, a test a run. */
export function toJunit(environment: string, results: readonly SmokeResult[]): string {
  const failed = results.filter(({ passed }) => !passed).length
  const time = seconds(results.reduce((sum, { ms }) => sum + ms, 0))
  const suite = `smoke ${environment}`
  const head = `<testsuite name="${escapeXml(suite)}" tests="${results.length}" failures="${failed}" errors="0" time="${time}">`
  const tests = results.map((result) => testOf(suite, result))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  ${head}\n${tests.join('\n')}\n  </testsuite>\n</testsuites>\n`
}

function testOf(suite: string, { name, run, ms, failure }: SmokeResult): string {
  const said = failure === undefined ? '' : `<failure message="${escapeXml(failure)}">${escapeXml(run ?? '')}</failure>`
  return `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds(ms)}">${said}</testcase>`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
