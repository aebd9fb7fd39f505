import type { Command } from 'commander'
import type { SubmitInput } from '../../client/index.ts'
import { PolisError } from '../../core/error.ts'
import type { RunView } from '../../core/route/wire.ts'
import type { CliClient } from '../connection.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { exitOfRun, signalExit } from '../exit-code.ts'
import { readInput } from '../json-input.ts'
import { collect, parseTags } from '../parse-option.ts'
import { outcomeLines } from '../show-run.ts'
import { unknownAgent } from '../unknown-agent.ts'
import { watchRun } from '../watch-run.ts'

interface RunOptions {
  readonly input?: string
  readonly follow?: boolean
  readonly wait?: boolean
  readonly session?: string
  readonly tag?: readonly string[]
  readonly key?: string
}

/** Adds `polis run`. */
export function addRun(program: Command, cli: Cli): void {
  program
    .command('run')
    .description('start a run of an agent')
    .argument('<agent>', 'the agent’s name')
    .option('-i, --input <json>', 'its input: a text, JSON, @FILE, or - for standard input (default: {})')
    .option('-f, --follow', 'show its steps as they happen, and answer its questions here')
    .option('-w, --wait', 'wait for its end, then print its output (without a server: always)')
    .option('--session <id>', 'the session that it belongs to')
    .option('-t, --tag <name=value>', 'a tag to find it by; may be repeated', collect)
    .option('--key <key>', 'idempotency key: the same key starts one run only')
    .addHelpText('after', NOTES)
    .action(async (agent: string, options: RunOptions, command: Command) => {
      cli.exitCode = await startRun(agent, options, contextOf(command, cli))
    })
}

const NOTES = `
Without --url the run is executed by this process, on the project's store; it is durable all the same:
what is interrupted goes on under 'polis dev', 'polis serve' or the next 'polis run'.`

async function startRun(agent: string, options: RunOptions, context: Context): Promise<number> {
  const request = await requestOf(agent, options, context)
  return await context.connected('execute', async (client, { executes, hold }) => {
    if (options.follow && context.io.stdout.isTTY && !context.json) hold()
    const run = await submit(client, request, options.key)
    if (!options.follow && !options.wait && !executes) return announce(run, context)
    const ended = await watchRun(run.run, { client, context, show: options.follow === true })
    if (ended === undefined) return interrupted(run, executes, context)
    if (context.json && !options.follow) context.document(ended)
    context.print(...outcomeLines(ended, context))
    return exitOfRun(ended.status)
  })
}

async function requestOf(agent: string, options: RunOptions, context: Context): Promise<SubmitInput> {
  const { session } = options
  return {
    agent,
    input: options.input === undefined ? {} : await readInput(options.input, '--input', context.io),
    ...(session === undefined ? {} : { session }),
    tags: parseTags(options.tag),
  }
}

async function submit(client: CliClient, request: SubmitInput, key: string | undefined): Promise<RunView> {
  try {
    return await client.runs.submit(request, key === undefined ? {} : { key })
  } catch (reason) {
    const error = PolisError.from(reason)
    throw error.code === 'UNKNOWN_AGENT' ? unknownAgent(request.agent, error, await client.agents.list()) : error
  }
}

function announce(run: RunView, context: Context): number {
  if (context.json) context.document(run)
  context.print(run.run)
  context.note(`${run.status}; 'polis runs show ${run.run} --follow' shows it`)
  return 0
}

function interrupted({ run }: RunView, executes: boolean, context: Context): number {
  context.note(
    `${run} is not lost: ${executes ? "'polis dev' goes on with it" : 'the server goes on with it'}, 'polis runs show ${run}' shows it`,
  )
  return signalExit(context.io.stop.reason)
}
