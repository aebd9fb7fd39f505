/**
 * Following a run to its end.
 *
 * Role: reads the streams of a run, of its child runs, and of the runs that continue it, and hands on what they say.
 * Boundary: it draws nothing and answers nothing.
 *
 * 1. Entries of one run are handed on in order; those of its children come between them.
 * 2. It ends with the run, or when the signal aborts; a child's stream that is not over by then gets a second more.
 */

import type { Clock } from '../core/clock.ts'
import type { RunView } from '../core/route/wire.ts'
import type { CliClient } from './connection.ts'
import type { RunEntry, RunTransient } from './tree.ts'

/** What a followed run says. */
export interface FollowListener {
  entry(entry: RunEntry): void
  transient(event: RunTransient): void
}

/** What following needs beside the run. */
export interface FollowOptions {
  readonly client: CliClient
  readonly listener: FollowListener
  readonly clock: Clock
  readonly signal: AbortSignal
}

const CHILDREN_MS = 1000

/** The run as it ended, or the run that went on for it in the end; undefined when the signal aborted first. */
export async function followRun(run: string, options: FollowOptions): Promise<RunView | undefined> {
  const leave = new AbortController()
  const signal = AbortSignal.any([options.signal, leave.signal])
  const children = new Map<string, Promise<unknown>>()
  const onChild = (child: string) => {
    // A child that is removed or cannot be followed is missing from the picture, and nothing else.
    if (!children.has(child))
      children.set(
        child,
        followOne(child, { ...options, signal }, onChild).catch(() => undefined),
      )
  }
  try {
    const ended = await followOne(run, { ...options, signal }, onChild)
    await settled(children, options)
    return ended?.continuedAs === undefined ? ended : await followRun(ended.continuedAs, options)
  } catch (reason) {
    // Whoever stopped it knows why, and wants no error.
    if (options.signal.aborted) return undefined
    throw reason
  } finally {
    leave.abort()
  }
}

async function followOne(
  run: string,
  { client, listener, signal }: FollowOptions,
  onChild: (run: string) => void,
): Promise<RunView | undefined> {
  for await (const event of client.runs.follow(run, { signal })) {
    if (event.kind === 'end') return event.run
    if (!('sequence' in event)) {
      listener.transient({ ...event, run })
      continue
    }
    listener.entry({ ...event, run })
    if (event.kind === 'child-started') onChild(event.data.run)
  }
  return undefined
}

// Children may start children of their own while their ends are awaited.
async function settled(
  children: ReadonlyMap<string, Promise<unknown>>,
  { clock, signal }: FollowOptions,
): Promise<void> {
  if (children.size === 0 || signal.aborted) return
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const cancel = clock.setTimer(clock.now() + CHILDREN_MS, resolve)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await Promise.race([late, allOf(children)])
  cancel()
}

async function allOf(children: ReadonlyMap<string, Promise<unknown>>): Promise<void> {
  let seen = -1
  while (seen !== children.size) {
    seen = children.size
    await Promise.all(children.values())
  }
}
