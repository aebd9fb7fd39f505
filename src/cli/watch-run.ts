import type { RunView } from '../core/route/wire.ts'
import type { CliClient } from './connection.ts'
import type { Context } from './context.ts'
import { followRun } from './follow.ts'
import { createPrompter } from './prompt.ts'
import { createRunTree } from './tree.ts'

/** How a run is watched. */
export interface WatchOptions {
  readonly client: CliClient
  readonly context: Context
  /** Whether its steps show; else it is waited for in silence. */
  readonly show: boolean
}

/** Waits for a run's end: with a live tree for people, with lines of JSON for programs. Undefined when a signal came first. */
export async function watchRun(run: string, { client, context, show }: WatchOptions): Promise<RunView | undefined> {
  const { io } = context
  const options = { client, clock: io.clock, signal: io.stop }
  if (!show) return await followRun(run, { ...options, listener: { entry() {}, transient() {} } })
  return context.json ? await streamRun(run, context, client) : await drawRun(run, context, client)
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
