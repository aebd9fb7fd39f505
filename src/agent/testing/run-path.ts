import type { Commit, Submit } from '../../store/journal.ts'

/** What tells the runs of one test apart, the same in every execution of it: the calls that led to each. */
export interface RunPaths {
  /** Runs in the order in which they came. */
  readonly runs: () => readonly string[]
  /** The run tested. */
  root(submit: Submit): void
  /** Runs that a commit started. */
  commit(commit: Commit): void
  /** The id of a run's operation: `step`, or `call>step` in a child run, or `continued>step` in a run that goes on. */
  id(run: string, operation: string): string
  /** The run that continues another. */
  next(run: string): string | undefined
}

interface Place {
  readonly base: string
  readonly continued: number
}

/** Paths of no run yet. */
export function createRunPaths(): RunPaths {
  const places = new Map<string, Place>()
  const continuations = new Map<string, string>()
  const id = (run: string, operation: string) => {
    const { base, continued } = places.get(run) ?? { base: '', continued: 0 }
    if (continued === 0) return `${base}${operation}`
    return `${base}continued${continued === 1 ? '' : `#${continued}`}>${operation}`
  }
  return {
    runs: () => [...places.keys()],
    root: ({ record }) => void places.set(record.run, { base: '', continued: 0 }),
    commit({ run, submits = [] }) {
      for (const { record } of submits) {
        if (record.parent?.run === run) {
          places.set(record.run, { base: `${id(run, record.parent.step)}>`, continued: 0 })
        } else {
          const { base, continued } = places.get(run) ?? { base: '', continued: 0 }
          places.set(record.run, { base, continued: continued + 1 })
          continuations.set(run, record.run)
        }
      }
    },
    id,
    next: (run) => continuations.get(run),
  }
}
