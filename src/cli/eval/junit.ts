import { type CaseResult, type EvalResult, PASS, type TrialResult } from '../../eval/result.ts'
import { showScore } from '../../eval/verdict.ts'
import { escapeXml } from '../terminal/escape-xml.ts'
import type { BoardEval } from './board.ts'

/**
 * Results as JUnit XML: a suite an eval, a test a case, and one more for each threshold that was missed.
 *
 * A case below the mark fails only with its eval: within its thresholds an eval passes as a whole. A scorer that failed is an error.
 */
export function toJunit(evals: readonly BoardEval[]): string {
  const suites = evals.map((one) => (one.result === undefined ? brokenSuite(one) : suiteOf(one.result)))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`
}

function suiteOf(result: EvalResult): string {
  const { passed, failures } = result.verdict
  const cases = result.cases.map((it) => caseOf(result, it, !passed))
  const missed = failures.map((failure) =>
    element(result.eval, 'threshold', 0, `<failure message="${escapeXml(failure)}"/>`),
  )
  const tests = [...cases, ...missed]
  const failed = tests.filter((text) => text.includes('<failure')).length
  const errors = tests.filter((text) => text.includes('<error')).length
  const took = result.cases.reduce((sum, it) => sum + seconds(it), 0)
  const head = `<testsuite name="${escapeXml(result.eval)}" tests="${tests.length}" failures="${failed}" errors="${errors}" time="${took.toFixed(3)}">`
  return `  ${head}\n${tests.join('\n')}\n  </testsuite>`
}

function brokenSuite({ name, error }: BoardEval): string {
  const text = error === undefined ? 'The eval did not end' : `${error.code}: ${error.message}`
  const test = element(name, 'eval', 0, `<error message="${escapeXml(text)}"/>`)
  return `  <testsuite name="${escapeXml(name)}" tests="1" failures="0" errors="1">\n${test}\n  </testsuite>`
}

function caseOf(result: EvalResult, one: CaseResult, counts: boolean): string {
  const faults = one.trials.flatMap(({ scores }) =>
    scores.flatMap(({ scorer, error }) => (error === undefined ? [] : [`scorer ${scorer}: ${error}`])),
  )
  const report = escapeXml(one.trials.map(reportOf).join('\n'))
  const output = `<system-out>${report}</system-out>`
  if (faults.length > 0)
    return element(result.eval, one.name, seconds(one), `<error message="${escapeXml(faults[0] ?? '')}"/>${output}`)
  const isLow = one.mean === undefined || one.mean < PASS
  const failure = isLow && counts ? `<failure message="score ${showScore(one.mean)}">${report}</failure>` : ''
  return element(result.eval, one.name, seconds(one), `${failure}${output}`)
}

function reportOf({ trial, run, scores, error }: TrialResult): string {
  const said = scores.map(
    ({ scorer, score, reason }) => `${scorer} ${showScore(score)}${reason === undefined ? '' : ` (${reason})`}`,
  )
  return [
    `trial ${trial}, run ${run}`,
    ...said,
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
  ].join('\n  ')
}

function element(suite: string, name: string, time: number, inner: string): string {
  return `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="${time.toFixed(3)}">${inner}</testcase>`
}

function seconds({ trials }: CaseResult): number {
  return trials.reduce((sum, { ms }) => sum + ms, 0) / 1000
}
