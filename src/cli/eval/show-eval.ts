import { formatDuration } from '../../core/duration.ts'
import { formatDollars } from '../../core/money.ts'
import { type CaseResult, type EvalResult, PASS, type SpentResult, type TrialResult } from '../../eval/result.ts'
import { meanOf } from '../../eval/statistics.ts'
import { sum } from '../../eval/summarise.ts'
import { showScore } from '../../eval/verdict.ts'
import type { Context } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { type BoardEval, caseName } from './board.ts'

/** Lines on a finished eval: a heading, a table of its cases, its scorers, and what it was compared with. */
export function resultLines(
  result: EvalResult,
  run: string,
  context: Pick<Context, 'style' | 'width'>,
): readonly string[] {
  const { style } = context
  const mark = result.verdict.passed ? style.green('✓') : style.red('✗')
  const heading = `${mark} ${style.bold(escapeText(result.eval))}  ${facts(result, style)}  ${style.dim(run)}`
  return [
    heading,
    ...(result.cases.length === 0
      ? ['  no case']
      : indent(renderTable(columnsOf(result, style), result.cases, style, context.width - 2))),
    ...(result.scorers.length > 1
      ? [`  ${result.scorers.map(({ name, mean, spread }) => `${name} ${score(mean, spread)}`).join('  ')}`]
      : []),
    ...baselineLines(result, style),
    ...result.verdict.failures.map((failure) => `  ${style.red('✗')} ${escapeText(failure)}`),
  ]
}

/** One line on a trial that has ended, as it ends. */
export function trialLine(one: BoardEval, trial: TrialResult, style: Style): string {
  const { plan } = one
  const which = (plan?.trials ?? 1) > 1 ? ` #${trial.trial}` : ''
  const name = escapeText(`${caseName(one, trial.case)}${which}`)
  const parts = [
    showScore(trial.score),
    formatDuration(trial.ms),
    spent(sum([trial.spent, trial.judged])),
    reasonOf(trial),
  ]
  return `${markOf(trial.score, style)} ${escapeText(one.name)}  ${name}  ${parts
    .filter((part) => part !== '')
    .map((part) => escapeText(part))
    .join('  ')}`
}

/** A mean, with its spread where there is one. */
export function score(mean: number | undefined, spread: number | undefined): string {
  return spread === undefined ? showScore(mean) : `${showScore(mean)} ±${spread.toFixed(2)}`
}

/** What something cost: nothing where it cost nothing, and a plus where not every price is known. */
export function spent({ nanos, unpriced }: SpentResult): string {
  if (unpriced) return nanos === 0 ? 'unknown cost' : `${formatDollars(nanos)} and more`
  return nanos === 0 ? '' : formatDollars(nanos)
}

/** Passed, not passed, or not scored. */
export function markOf(value: number | undefined, style: Style): string {
  if (value === undefined) return style.yellow('!')
  return value >= PASS ? style.green('✓') : style.red('✗')
}

function paintMark(text: string, value: number | undefined, style: Style): string {
  if (value === undefined) return style.yellow(text)
  return value >= PASS ? style.green(text) : style.red(text)
}

function facts({ mean, spread, passed, cases, agent, release, ...costs }: EvalResult, style: Style): string {
  const judged = spent(costs.judged)
  const parts = [
    `mean ${score(mean, spread)}`,
    `${passed} of ${cases.length} passed`,
    `${agent}@${release}`,
    spent(costs.spent),
    judged === '' ? '' : `judges ${judged}`,
  ]
  return style.dim(parts.filter((part) => part !== '').join('  '))
}

function columnsOf({ scorers, trials }: EvalResult, style: Style): readonly Column<CaseResult>[] {
  const each = scorers.length > 1 ? scorers.map(({ name }) => scorerColumn(name)) : []
  return [
    { title: '', value: markText, paint: (text, { mean }) => paintMark(text, mean, style) },
    { title: 'CASE', value: ({ name }) => name, flexible: true },
    { title: 'SCORE', value: ({ mean, spread }) => score(mean, trials > 1 ? spread : undefined), align: 'end' },
    ...each,
    { title: 'TOOK', value: (it) => formatDuration(meanOf(it.trials.map(({ ms }) => ms))), align: 'end' },
    {
      title: 'COST',
      value: (it) => spent(sum(it.trials.flatMap((trial) => [trial.spent, trial.judged]))),
      align: 'end',
    },
    { title: 'REASON', value: (it) => it.trials.map(reasonOf).find((reason) => reason !== '') ?? '', flexible: true },
  ]
}

function scorerColumn(name: string): Column<CaseResult> {
  const scoresOf = ({ trials }: CaseResult) =>
    trials.flatMap(({ scores }) =>
      scores.flatMap((it) => (it.scorer === name && it.score !== undefined ? [it.score] : [])),
    )
  return {
    title: name.toUpperCase(),
    value: (row) => (scoresOf(row).length === 0 ? '–' : showScore(meanOf(scoresOf(row)))),
    align: 'end',
  }
}

function markText({ mean }: CaseResult): string {
  if (mean === undefined) return '!'
  return mean >= PASS ? '✓' : '✗'
}

// Of what went wrong first, else of the lowest score.
function reasonOf({ error, scores, score: total }: TrialResult): string {
  if (error !== undefined) return `${error.code}: ${error.message}`
  const fault = scores.find((it) => it.error !== undefined)
  if (fault !== undefined) return `scorer ${fault.scorer} failed: ${fault.error}`
  const [lowest] = scores.filter((it) => it.reason !== undefined).sort((a, b) => (a.score ?? 0) - (b.score ?? 0))
  if (lowest === undefined || (total === 1 && lowest.score === 1)) return lowest?.reason ?? ''
  return scores.length > 1 ? `${lowest.scorer}: ${lowest.reason}` : (lowest.reason ?? '')
}

function baselineLines({ baseline }: EvalResult, style: Style): readonly string[] {
  if (baseline === undefined) return []
  const { difference, change, flipped } = baseline.comparison
  const sign = difference >= 0 ? '+' : ''
  const words = {
    better: style.green('better'),
    worse: style.red('worse'),
    none: 'no change that chance does not explain',
  }
  return [
    `  against ${baseline.release}: ${sign}${difference.toFixed(2)}, ${words[change]}`,
    ...flipped.map(
      ({ name, before, after }) =>
        `    ${markOf(after, style)} ${escapeText(name)}  ${showScore(before)} → ${showScore(after)}`,
    ),
  ]
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`)
}
