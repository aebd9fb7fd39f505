import type { LintResult, Report } from '../../manifest/lint/lint.ts'
import type { Rule } from '../../manifest/lint/rule.ts'
import { escapeText } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'

/** Findings for people: by file, each rule explained once, and a line that counts. */
export function showReports(
  { reports, objects, suppressed }: LintResult,
  rules: readonly Rule[],
  style: Style,
): readonly string[] {
  const explained = new Set<string>()
  const lines = [...Map.groupBy(reports, ({ file }) => file)].flatMap(([file, its]) => [
    style.bold(escapeText(file)),
    ...its.flatMap((report) => showReport(report, rules, explained, style)),
    '',
  ])
  return [...lines, countLine(reports, objects, suppressed)]
}

function showReport(report: Report, rules: readonly Rule[], explained: Set<string>, style: Style): readonly string[] {
  const { rule, severity, message, object, path, line, column, fix } = report
  const symbol = severity === 'error' ? style.red('error  ') : style.yellow('warning')
  const place = object === undefined ? '' : `${style.dim(escapeText(`${object} ${path}`))}  `
  const text = `  ${`${line}:${column}`.padEnd(8)} ${symbol}  ${place}${escapeText(message)}  ${style.cyan(rule)}${fix === undefined ? '' : style.dim(' (fixable)')}`
  if (explained.has(rule)) return [text]
  explained.add(rule)
  const explanation = rules.find(({ id }) => id === rule)?.explanation ?? ''
  return [text, `           ${style.dim(firstSentence(explanation))}`]
}

// Up to a full stop that ends a word of its own.
function firstSentence(text: string): string {
  return /^.*?[a-z0-9)`'"]\.(?= [A-Z`]|$)/s.exec(text)?.[0] ?? text
}

function countLine(reports: readonly Report[], objects: number, suppressed: number): string {
  const errors = reports.filter(({ severity }) => severity === 'error').length
  const fixable = reports.filter(({ fix }) => fix !== undefined).length
  return [
    `${plural(objects, 'object')}: ${plural(errors, 'error')}, ${plural(reports.length - errors, 'warning')}`,
    ...(fixable > 0 ? [`${fixable} fixable with --fix`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed with a reason`] : []),
  ].join(', ')
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
