/**
 * The live tree of a run.
 *
 * Role: shows what the journal of a run, of its children and of the runs that continue it says, as it comes.
 * Boundary: it gets entries and writes to one output; it reads nothing and keeps no connection.
 *
 * 1. On a terminal one block is redrawn in place, at most every 80 ms; elsewhere each entry appends at most a few lines.
 * 2. Text from a run reaches the output escaped, and on a terminal no line is wider than it.
 * 3. After `finish` the cursor shows, the whole tree stands in the output, and no timer is left.
 */
import type { Clock } from '../core/clock.ts'
import type { Io, Output } from './io.ts'
import { createFrame, type Frame } from './terminal/frame.ts'
import { createStyle, type Style } from './terminal/style.ts'
import { answerCommandOf } from './tree/answer-command.ts'
import { appendedLines } from './tree/append.ts'
import { createTreeModel, type TreeModel } from './tree/model.ts'
import { isOpen, type OpenQuestion, type RunEntry, type RunTransient } from './tree/node.ts'
import { type AnswerCommand, renderTree } from './tree/render.ts'

export type { OpenQuestion, RunEntry, RunTransient } from './tree/node.ts'

/** Shows runs while they run. Entries of one run come in order; those of other runs may come between them. */
export interface RunTree {
  /** The next entry of the followed run, of one of its children, or of the run that continues it. */
  entry(entry: RunEntry): void
  /** Something inside a step; a hint that may be missing. */
  transient(event: RunTransient): void
  /** Questions that nobody has answered yet, oldest first. */
  questions(): readonly OpenQuestion[]
  /** Stops redrawing, so that something may be typed below the tree. */
  hold(): void
  /** Goes on after `hold`; `lines` is how many lines were written below the tree meanwhile. */
  resume(lines: number): void
  /** Tells that so many lines were written below the tree while it was not held. */
  pushed(lines: number): void
  /** Leaves the tree as it stands now. Calling it twice does nothing more. */
  finish(): void
}

/** What a tree needs. */
export interface RunTreeOptions {
  readonly io: Pick<Io, 'stdout' | 'env' | 'clock'>
  /** Where it is drawn; default `io.stdout`. */
  readonly output?: Output
  /** How the command is written that answers a question; default `polis runs answer …`. */
  readonly answerCommand?: AnswerCommand
}

/** A tree that begins empty. */
export function createRunTree({ io, output = io.stdout, answerCommand = answerCommandOf }: RunTreeOptions): RunTree {
  const model = createTreeModel()
  const style = createStyle(output, io.env)
  const live = output.isTTY && io.env.TERM !== 'dumb'
  return live
    ? createLiveTree({ model, output, style, clock: io.clock, answerCommand })
    : createAppendedTree({ model, output, style, clock: io.clock, answerCommand })
}

interface Parts {
  readonly model: TreeModel
  readonly output: Output
  readonly style: Style
  readonly clock: Clock
  readonly answerCommand: AnswerCommand
}

const TICK_MS = 100

function createLiveTree({ model, output, style, clock, answerCommand }: Parts): RunTree {
  const render = () => renderTree(model, answerCommand, { style, width: output.columns, now: clock.now() })
  const frame = createFrame(output, clock, render)
  const ticker = createTicker(clock, model, frame)
  let finished = false
  return {
    entry(entry) {
      model.entry(entry)
      ticker.start()
      frame.invalidate()
    },
    transient(event) {
      model.transient(event, clock.now())
      ticker.start()
      frame.invalidate()
    },
    questions: () => model.questions(),
    hold: () => frame.hold(),
    resume: (lines) => frame.resume(lines),
    pushed: (lines) => frame.pushed(lines),
    finish() {
      if (finished) return
      finished = true
      ticker.stop()
      frame.close()
      output.write(
        render()
          .map((line) => `${line}\n`)
          .join(''),
      )
    },
  }
}

// Times and spinners move although nothing is committed, as long as something is going on.
function createTicker(clock: Clock, model: TreeModel, frame: Frame): { start(): void; stop(): void } {
  let cancel: (() => void) | undefined
  let stopped = false
  const start = () => {
    if (cancel || stopped || !model.roots.some((run) => run.status === 'running' && run.children.some(isOpen))) return
    cancel = clock.setTimer(clock.now() + TICK_MS, () => {
      cancel = undefined
      frame.invalidate()
      start()
    })
  }
  return {
    start,
    stop() {
      stopped = true
      cancel?.()
    },
  }
}

function createAppendedTree({ model, output, style, clock, answerCommand }: Parts): RunTree {
  const nothing = () => {}
  return {
    entry(entry) {
      if (!model.entry(entry)) return
      const options = { style, width: Number.POSITIVE_INFINITY, now: clock.now() }
      for (const line of appendedLines(model, entry, answerCommand, options)) output.write(`${line}\n`)
    },
    transient: (event) => model.transient(event, clock.now()),
    questions: () => model.questions(),
    hold: nothing,
    resume: nothing,
    pushed: nothing,
    finish: nothing,
  }
}
