import { type FileFacts, type Totals, totalsOf } from './facts.ts'

/** The report as Markdown. */
export function composeReport(facts: readonly FileFacts[]): string {
  const { files, lines, words, todos } = totalsOf(facts)
  const biggest = facts.toSorted((a, b) => b.lines - a.lines || (a.path < b.path ? -1 : 1))
  return [
    '# Repository report',
    '',
    `${files} files, ${lines} lines, ${words} words, ${todos} open notes.`,
    '',
    '## Files, biggest first',
    '',
    '| file | lines | words |',
    '| --- | ---: | ---: |',
    ...biggest.map((file) => `| ${file.path} | ${file.lines} | ${file.words} |`),
    '',
    '## Open notes',
    '',
    ...listOf(facts.flatMap(({ path, todos }) => todos.map(({ line, text }) => `${path}:${line}: ${text}`))),
    '',
    '## What the documents are about',
    '',
    ...listOf(
      facts.filter(({ headings }) => headings.length > 0).map((it) => `${it.path}: ${it.headings.join(' · ')}`),
    ),
    '',
  ].join('\n')
}

/** Reads the figures back out of a report. */
export function readReport(report: string): { readonly totals: Totals; readonly files: readonly string[] } {
  const [, files = '', lines = '', words = '', todos = ''] =
    /^(\d+) files, (\d+) lines, (\d+) words, (\d+) open notes\.$/m.exec(report) ?? []
  const rows = [...report.matchAll(/^\| (.+) \| \d+ \| \d+ \|$/gm)]
  return {
    totals: { files: Number(files), lines: Number(lines), words: Number(words), todos: Number(todos) },
    files: rows.map(([, path = '']) => path),
  }
}

function listOf(items: readonly string[]): string[] {
  return items.length === 0 ? ['None.'] : items.map((item) => `- ${item}`)
}
