import { formatDuration } from '../../core/duration.ts'
import { meanOf } from '../../eval/statistics.ts'
import { showScore } from '../../eval/verdict.ts'
import type { Io } from '../io.ts'
import { escapeText } from '../terminal/escape.ts'
import { createFrame } from '../terminal/frame.ts'
import type { Style } from '../terminal/style.ts'
import { truncate } from '../terminal/width.ts'
import { type Board, type BoardEval, caseName } from './board.ts'
import { trialLine } from './show-eval.ts'

/** A picture of running evals. */
export interface Live {
  update(): void
  /** Clears it. */
  close(): void
}

/** How many of the trials that have ended show, besides those that run. */
const LATEST = 8

/** Draws a board at the end of the terminal, and again as it changes or time goes on. */
export function createLive(io: Io, board: Board, style: Style): Live {
  const frame = createFrame(io.stdout, io.clock, () =>
    [...board.evals.values()]
      .flatMap((one) => liveLines(one, io.clock.now(), style))
      .map((line) => truncate(line, io.stdout.columns)),
  )
  let stopTimer = () => {}
  const tick = () => {
    frame.invalidate()
    stopTimer = io.clock.setTimer(io.clock.now() + 500, tick)
  }
  tick()
  return {
    update: frame.invalidate,
    close() {
      stopTimer()
      frame.close()
    },
  }
}

/** Lines on one eval at a time (ms): how far it is, what runs, and what ended last. */
export function liveLines(one: BoardEval, now: number, style: Style): readonly string[] {
  const { plan, trials, running } = one
  if (plan === undefined) return [`${style.bold(escapeText(one.name))}  reading its cases`]
  const scores = trials.flatMap(({ score }) => (score === undefined ? [] : [score]))
  const mean = scores.length === 0 ? '' : `  mean ${showScore(meanOf(scores))}`
  const heading = `${style.bold(escapeText(one.name))}  ${trials.length}/${plan.cases.length * plan.trials}${mean}`
  if (one.result !== undefined || one.error !== undefined) return [heading]
  return [
    heading,
    ...trials.slice(-LATEST).map((trial) => `  ${trialLine(one, trial, style)}`),
    ...[...running].map(
      ([key, since]) =>
        `  ${style.cyan('·')} ${escapeText(runningName(one, key))}  ${style.dim(formatDuration(now - since))}`,
    ),
  ]
}

function runningName(one: BoardEval, key: string): string {
  return caseName(one, key.slice(0, key.lastIndexOf('/')))
}
