import type { Command } from 'commander'
import { compare } from '../../eval/compare.ts'
import type { Comparison } from '../../eval/comparison.ts'
import { showScore } from '../../eval/verdict.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { type FoundResult, findResults } from '../eval/find-results.ts'
import { markOf } from '../eval/show-eval.ts'
import { escapeText } from '../terminal/escape.ts'
import { type Column, renderTable } from '../terminal/table.ts'

interface EvalCompareOptions {
  readonly eval?: string
}

/** Adds `polis eval compare`. */
export function addEvalCompare(group: Command, cli: Cli): void {
  group
    .command('compare')
    .description('compare the newest results of two releases of an agent, case by case')
    .argument('<before>', 'a release, or a run of polis.eval')
    .argument('[after]', 'a release, a run of polis.eval, or last', 'last')
    .option('-e, --eval <name>', 'of this eval only')
    .addHelpText('after', NOTES)
    .action(async (before: string, after: string, options: EvalCompareOptions, command: Command) => {
      await show(before, after, options, contextOf(command, cli))
    })
}

const NOTES = `
A change is called better or worse only where resampling the cases (bootstrap, 95 %) leaves no doubt of its sign; CHANCE
is how likely luck alone makes so many cases go one way (sign test). Below five common cases nothing is resampled.`

interface Row {
  readonly name: string
  readonly before: FoundResult
  readonly after: FoundResult
  readonly comparison: Comparison | undefined
}

async function show(before: string, after: string, options: EvalCompareOptions, context: Context): Promise<void> {
  const rows = await context.connected('look', async (client) => {
    const old = await findResults(client, before, { name: options.eval })
    const other = new Set([...old.values()].map(({ run }) => run.run))
    return pair(old, await findResults(client, after, { name: options.eval, other }))
  })
  if (context.json) {
    return context.document({
      evals: rows.map(({ name, before, after, comparison }) => ({
        eval: name,
        before: factsOf(before),
        after: factsOf(after),
        comparison: comparison ?? null,
      })),
    })
  }
  if (rows.length === 0) return context.note('The two have no eval in common')
  context.print(...renderTable(columnsOf(context), rows, context.style, context.width))
  for (const row of rows) context.print(...flipLines(row, context))
}

function pair(before: ReadonlyMap<string, FoundResult>, after: ReadonlyMap<string, FoundResult>): readonly Row[] {
  return [...before].flatMap(([name, old]) => {
    const now = after.get(name)
    return now === undefined ? [] : [{ name, before: old, after: now, comparison: compare(old.result, now.result) }]
  })
}

function factsOf({ run, result: { agent, release, mean } }: FoundResult) {
  return { run: run.run, agent, release, mean }
}

function columnsOf({ style }: Context): readonly Column<Row>[] {
  const number = (value: number | undefined) =>
    value === undefined ? '–' : `${value >= 0 ? '+' : ''}${value.toFixed(2)}`
  return [
    { title: 'EVAL', value: ({ name }) => name, flexible: true },
    { title: 'CASES', value: ({ comparison }) => String(comparison?.cases ?? 0), align: 'end' },
    { title: 'BEFORE', value: ({ comparison }) => showScore(comparison?.before), align: 'end' },
    { title: 'AFTER', value: ({ comparison }) => showScore(comparison?.after), align: 'end' },
    { title: 'CHANGE', value: ({ comparison }) => number(comparison?.difference), align: 'end' },
    {
      title: '95 %',
      value: ({ comparison: it }) => (it === undefined ? '–' : `${number(it.low)} … ${number(it.high)}`),
      align: 'end',
    },
    {
      title: 'CHANCE',
      value: ({ comparison }) => (comparison === undefined ? '–' : comparison.chance.toFixed(2)),
      align: 'end',
    },
    {
      title: 'VERDICT',
      value: ({ comparison }) => wordOf(comparison),
      paint: (text, { comparison }) => {
        if (comparison?.change === 'better') return style.green(text)
        return comparison?.change === 'worse' ? style.red(text) : text
      },
    },
  ]
}

function wordOf(comparison: Comparison | undefined): string {
  if (comparison === undefined) return 'no common case'
  return comparison.change === 'none' ? 'no change' : comparison.change
}

function flipLines({ name, comparison }: Row, { style }: Context): readonly string[] {
  if (comparison === undefined || comparison.flipped.length === 0) return []
  const lines = comparison.flipped.map(
    (flip) =>
      `  ${markOf(flip.after, style)} ${escapeText(flip.name)}  ${showScore(flip.before)} → ${showScore(flip.after)}`,
  )
  return ['', `${style.bold(escapeText(name))}: ${lines.length} cases changed sides`, ...lines]
}
