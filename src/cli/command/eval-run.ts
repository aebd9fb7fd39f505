import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { EvalsInput } from '../../client/index.ts'
import { PolisError } from '../../core/error.ts'
import { isErrorCode } from '../../core/error-code.ts'
import { EVALS_AGENT } from '../../core/eval.ts'
import type { RunView } from '../../core/route/wire.ts'
import type { RunStatus } from '../../core/run.ts'
import type { CliClient } from '../connection.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { type Board, createBoard } from '../eval/board.ts'
import { followEvals } from '../eval/follow-evals.ts'
import { toJunit } from '../eval/junit.ts'
import { createLive } from '../eval/live.ts'
import { resultLines, trialLine } from '../eval/show-eval.ts'
import { signalExit } from '../exit-code.ts'
import { parseShare, parseWhole } from '../parse-option.ts'
import { escapeText } from '../terminal/escape.ts'
import { writeOut } from '../write-out.ts'

interface EvalRunOptions {
  readonly filter?: string
  readonly concurrency?: string
  readonly trials?: string
  readonly threshold?: string
  readonly baseline?: string
  readonly repeat?: string
  readonly resume?: boolean
  readonly junit?: string
}

/** Adds `polis eval run`, which `polis eval` alone is too. */
export function addEvalRun(group: Command, cli: Cli): void {
  group
    .command('run', { isDefault: true })
    .description('run evals, all or those named; exit code 1 when one misses a threshold')
    .argument('[names...]', 'names of evals (default: all)')
    .option('--filter <text>', 'only cases with this tag, or this text in their name')
    .option('--concurrency <number>', 'cases at once (default: as each eval says)')
    .option('--trials <number>', 'how often each case is run (default: as each eval says)')
    .option('--threshold <number>', 'the least mean of each eval, from 0 to 1')
    .option(
      '--baseline <release>',
      'compare with the newest result of this release of the agent, with a run of polis.eval, or with the last result',
    )
    .option('--repeat <run>', 'run the cases of this earlier eval again (polis eval list names them)')
    .option('--resume', 'go on with an interrupted eval: cases that have a result are not run again')
    .option('--junit <file>', 'write the results as JUnit XML')
    .addHelpText('after', NOTES)
    .action(async (names: readonly string[], options: EvalRunOptions, command: Command) => {
      cli.exitCode = await runEvals(names, options, contextOf(command, cli))
    })
}

const NOTES = `
'last' as baseline is the newest result there is. Without --url the cases are run by this process; they are
durable runs like any other, and so is the eval: what is interrupted is kept, and --resume goes on with it.`

async function runEvals(names: readonly string[], options: EvalRunOptions, context: Context): Promise<number> {
  const request = requestOf(names, options)
  return await context.connected('execute', async (client, { executes, hold }) => {
    const isLive = context.io.stdout.isTTY && !context.json
    if (isLive) hold()
    const run = options.resume ? await findUnfinished(client) : await start(client, request, executes, context)
    const board = createBoard()
    const ended = await watch(run, board, client, context, isLive)
    if (ended === undefined) return interrupted(board, executes, context)
    if (ended.status !== 'completed') throw await failureOf(ended, board, client)
    return await report(ended, board, options, context)
  })
}

function requestOf(names: readonly string[], options: EvalRunOptions): EvalsInput {
  const { filter, concurrency, trials, threshold, baseline, repeat } = options
  return {
    ...(names.length === 0 ? {} : { names: [...names] }),
    ...(filter === undefined ? {} : { filter }),
    ...(concurrency === undefined ? {} : { concurrency: parseWhole(concurrency, '--concurrency', 1, 64) }),
    ...(trials === undefined ? {} : { trials: parseWhole(trials, '--trials', 1, 100) }),
    ...(threshold === undefined ? {} : { threshold: parseShare(threshold, '--threshold') }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(repeat === undefined ? {} : { repeat }),
  }
}

const UNFINISHED: readonly RunStatus[] = ['queued', 'running', 'suspended', 'paused', 'blocked']

async function start(client: CliClient, request: EvalsInput, executes: boolean, context: Context): Promise<string> {
  if (executes) await cancelUnfinished(client, context)
  return (await client.evals.start(request)).run
}

// What this process would only go on with because it is there is not what is asked for now. Evals of another process are its own.
async function cancelUnfinished(client: CliClient, context: Context): Promise<void> {
  const { items } = await client.runs.list({ agent: EVALS_AGENT, status: UNFINISHED })
  if (items.length === 0 || (await client.workers.list()).length > 1) return
  for (const { run } of items) {
    await client.runs.cancel(run, 'another eval was started instead of going on with it').catch(ignoreEnded)
    context.note(`An interrupted eval (${run}) was cancelled; --resume would have gone on with it`)
  }
}

function ignoreEnded(reason: unknown): void {
  if (PolisError.from(reason).code !== 'ALREADY_ENDED') throw reason
}

/** The newest run of evals where it can go on, else the newest that is not over. */
async function findUnfinished(client: CliClient): Promise<string> {
  const { items: newest } = await client.runs.list({ agent: EVALS_AGENT, limit: 1 })
  const { items: open } = await client.runs.list({ agent: EVALS_AGENT, status: UNFINISHED, limit: 1 })
  const found = newest.find(({ status }) => status === 'failed' || status === 'dead') ?? open[0]
  if (found === undefined)
    throw new PolisError('NOT_FOUND', '--resume: there is no interrupted eval', {
      details: { hint: "'polis eval' starts one; 'polis eval list' lists results" },
    })
  if (found.status === 'failed' || found.status === 'dead') await client.runs.retry(found.run)
  if (found.status === 'paused') await client.runs.resume(found.run)
  return found.run
}

async function watch(
  run: string,
  board: Board,
  client: CliClient,
  context: Context,
  isLive: boolean,
): Promise<RunView | undefined> {
  const { io, style } = context
  const live = isLive ? createLive(io, board, style) : undefined
  try {
    return await followEvals(run, {
      ...{ client, board, signal: io.stop },
      onChange(one, trial) {
        live?.update()
        if (live === undefined && one !== undefined && trial !== undefined) context.note(trialLine(one, trial, style))
      },
    })
  } finally {
    live?.close()
  }
}

function interrupted(board: Board, executes: boolean, context: Context): number {
  const done = [...board.evals.values()].reduce((sum, { trials }) => sum + trials.length, 0)
  context.note(
    executes
      ? `${done === 1 ? '1 result is' : `${done} results are`} kept: 'polis eval --resume' goes on with the rest`
      : `The server goes on: 'polis eval --resume' shows it again`,
  )
  return signalExit(context.io.stop.reason)
}

/** Why no eval was run, or not to its end. What was refused before anything began leaves no run behind. */
async function failureOf(
  { run, status, error, reason }: RunView,
  board: Board,
  client: CliClient,
): Promise<PolisError> {
  if (board.evals.size === 0 && status === 'failed') await client.runs.remove(run)
  const code = error !== undefined && isErrorCode(error.code) ? error.code : 'RUN_FAILED'
  return new PolisError(code, error?.message ?? reason ?? `Run ${run} ended as ${status}`, {
    ...(error?.details === undefined ? {} : { details: error.details }),
  })
}

async function report(
  { run }: RunView,
  board: Board,
  { junit, filter }: EvalRunOptions,
  context: Context,
): Promise<number> {
  const evals = [...board.evals.values()]
  if (filter !== undefined && evals.every(({ result }) => result?.cases.length === 0)) throw noCase(filter)
  if (junit !== undefined) await writeOut(resolve(context.io.cwd, junit), toJunit(evals), '--junit')
  const passed = evals.every(({ result }) => result?.verdict.passed === true)
  if (context.json) {
    context.document({
      ...{ run, passed },
      evals: evals.map((one) => ({ run: one.run, eval: one.name, ...(one.result ?? { error: one.error }) })),
    })
    return passed ? 0 : 1
  }
  const { style } = context
  for (const { name, run: of, result, error } of evals) {
    if (result !== undefined) context.print(...resultLines(result, of, context))
    else
      context.print(
        `${style.red('✗')} ${style.bold(name)}  ${escapeText(`${error?.code}: ${error?.message}`)}  ${style.dim(of)}`,
      )
  }
  return passed ? 0 : 1
}

// Nothing that ran is nothing that passed.
function noCase(filter: string): PolisError {
  return new PolisError('NOT_FOUND', `--filter: no case has the tag '${filter}', or that text in its name`, {
    details: { hint: "'polis eval' without it shows all cases" },
  })
}
