import type { RunView } from '../core/route/wire.ts'
import type { CliClient } from './connection.ts'
import type { Context } from './context.ts'
import { followRun } from './follow.ts'
import { createPrompter } from './prompt.ts'
import { isScripted } from './tree/model-step.ts'
import { createRunTree, type RunEntry } from './tree.ts'

/** How a run is watched. */
export interface WatchOptions {
  readonly client: CliClient
  readonly context: Context
  /** Whether its steps show; else it is waited for in silence. */
  readonly show: boolean
}

/** Waits for a run's end: with a live tree for people, with lines of JSON for programs. Undefined when a signal came first. */
export async function watchRun(run: string, { client, context, show }: WatchOptions): Promise<RunView | undefined> {
  if (!show) return await waitForRun(run, context, client)
  return context.json ? await streamRun(run, context, client) : await drawRun(run, context, client)
}

async function waitForRun(run: string, context: Context, client: CliClient): Promise<RunView | undefined> {
  const { clock, stop: signal } = context.io
  let isScript = false
  const entry = ({ kind, data }: RunEntry) => {
    isScript ||= kind === 'step-completed' && isScripted(data.output)
  }
  const ended = await followRun(run, { client, clock, signal, listener: { entry, transient() {} } })
  // Nobody is to take a script for a model.
  if (isScript) context.note('scripted: a script answered in place of a model')
  return ended
}

async function drawRun(run: string, { io }: Context, client: CliClient): Promise<RunView | undefined> {
  const tree = createRunTree({ io })
  const prompter = createPrompter({ io, tree, client })
  try {
    return await followRun(run, {
      client,
      clock: io.clock,
      signal: io.stop,
      listener: {
        entry(entry) {
          tree.entry(entry)
          prompter.check()
        },
        transient: tree.transient,
      },
    })
  } finally {
    prompter.close()
    tree.finish()
  }
}

// Lines are told apart by `kind`: an entry's, a transient event's, or `end` with the run.
async function streamRun(run: string, { io }: Context, client: CliClient): Promise<RunView | undefined> {
  const write = (line: unknown) => io.stdout.write(`${JSON.stringify(line)}\n`)
  const listener = { entry: write, transient: write }
  const ended = await followRun(run, { client, clock: io.clock, signal: io.stop, listener })
  if (ended) write({ kind: 'end', run: ended.run, data: ended })
  return ended
}
