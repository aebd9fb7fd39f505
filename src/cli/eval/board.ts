import type { RecordedError } from '../../core/entry.ts'
import { EVAL_AGENT } from '../../core/eval.ts'
import type { EntryView, RunView } from '../../core/route/wire.ts'
import type { Plan } from '../../eval/plan.ts'
import { type EvalResult, readResult, type TrialResult } from '../../eval/result.ts'

/** One eval as it is followed. */
export interface BoardEval {
  readonly name: string
  readonly run: string
  plan?: Plan
  /** Trials that have begun and not ended, `case/trial` with when (ms), in the order in which they began. */
  readonly running: Map<string, number>
  readonly trials: TrialResult[]
  result?: EvalResult
  error?: RecordedError
}

/** What is known of a run of evals while it goes on. */
export interface Board {
  readonly evals: Map<string, BoardEval>
}

/** A board with nothing on it. */
export function createBoard(): Board {
  return { evals: new Map() }
}

/** Takes in an entry of the run of all evals; answers the run of an eval that it begins. */
export function applySuiteEntry(board: Board, { kind, data }: EntryView): string | undefined {
  if (kind !== 'child-started' || data.agent !== EVAL_AGENT) return undefined
  board.evals.set(data.run, { name: data.id, run: data.run, running: new Map(), trials: [] })
  return data.run
}

/** Takes in an entry of the run of one eval; answers the trial that it ends. */
export function applyEvalEntry(one: BoardEval, { kind, data, time }: EntryView): TrialResult | undefined {
  // The runtime's own program wrote these.
  if (kind === 'step-completed' && data.id === 'plan') one.plan = data.output as Plan
  if (kind === 'child-started') {
    const [, at, trial] = /case-(\d+)-(\d+)/.exec(data.id) ?? []
    const item = one.plan?.cases[Number(at) - 1]
    if (item !== undefined) one.running.set(`${item.key}/${trial}`, time)
  }
  if (kind !== 'event-emitted' || data.name !== 'trial') return undefined
  const trial = data.data as TrialResult
  one.running.delete(`${trial.case}/${trial.trial}`)
  one.trials.push(trial)
  return trial
}

/** Takes in how the run of one eval ended. */
export function applyEvalEnd(one: BoardEval, { output, error, reason }: RunView): void {
  one.running.clear()
  const result = readResult(output)
  if (result !== undefined) one.result = result
  else one.error = error ?? { code: 'RUN_FAILED', message: reason ?? 'The eval ended without a result' }
}

/** Name of a case, by its key. */
export function caseName({ plan }: BoardEval, key: string): string {
  return plan?.cases.find((item) => item.key === key)?.name ?? key
}
