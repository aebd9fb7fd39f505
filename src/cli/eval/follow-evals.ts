import type { RunView } from '../../core/route/wire.ts'
import type { TrialResult } from '../../eval/result.ts'
import type { CliClient } from '../connection.ts'
import { applyEvalEnd, applyEvalEntry, applySuiteEntry, type Board, type BoardEval } from './board.ts'

/** How evals are followed. */
export interface FollowEvalsOptions {
  readonly client: Pick<CliClient, 'runs'>
  readonly board: Board
  readonly signal: AbortSignal
  /** Told of each trial that ended, and of every other change without one. */
  readonly onChange: (one?: BoardEval, trial?: TrialResult) => void
}

/** Keeps a board up to date until the run of all evals has ended; undefined when the signal came first. */
export async function followEvals(run: string, options: FollowEvalsOptions): Promise<RunView | undefined> {
  const { client, board, signal } = options
  const following: Promise<void>[] = []
  try {
    for await (const event of client.runs.follow(run, { signal })) {
      if (event.kind === 'end') {
        await Promise.all(following)
        return event.run
      }
      const child = 'sequence' in event ? applySuiteEntry(board, event) : undefined
      const one = child === undefined ? undefined : board.evals.get(child)
      if (one !== undefined) following.push(followEval(one, options))
    }
    return undefined
  } catch (reason) {
    // Whoever stopped it knows why, and wants no error.
    if (signal.aborted) return undefined
    throw reason
  } finally {
    await Promise.allSettled(following)
  }
}

async function followEval(one: BoardEval, { client, signal, onChange }: FollowEvalsOptions): Promise<void> {
  for await (const event of client.runs.follow(one.run, { signal })) {
    if (event.kind === 'end') applyEvalEnd(one, event.run)
    else if ('sequence' in event) {
      const trial = applyEvalEntry(one, event)
      onChange(one, trial)
    }
  }
  onChange()
}
