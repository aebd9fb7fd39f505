/** Where a worker is killed, and what stands on the disk and in the world at that moment. */
export const BOUNDARIES = {
  'step-before': "a step's function was called, its effect has not happened",
  'step-after': 'the effect has happened, nothing of it is recorded',
  'model-called': 'a model was asked, the provider has not charged',
  'model-charged': 'the provider has charged, nothing of the answer is recorded',
  'commit-called': 'a commit was asked for, its transaction has not begun',
  'commit-begun': 'the transaction of a group has begun, nothing is written',
  'commit-middle': 'some rows of a commit are written',
  'commit-written': 'all rows of a commit are written, COMMIT was not called',
  'commit-any': 'a random microsecond after BEGIN, killed from another thread',
  'commit-done': 'COMMIT has returned, nobody was told',
  'commit-told': 'the engine was told, the code has not got its result',
  suspended: 'a run has just been suspended',
  'claim-called': 'a claim was asked for',
  'claim-middle': 'the transaction of a claim has begun',
  'claim-done': 'runs were claimed, none has begun',
  'submit-called': 'a submit was asked for',
  'submit-middle': 'some rows of a submit are written',
  'submit-done': 'a submit is committed, the client was not told',
  'answer-called': 'an answer or a message was sent',
  'answer-done': 'an answer or a message is committed, the client was not told',
  'deadline-called': "a question's deadline passed while an answer may be on its way",
  'deadline-done': 'the deadline, or the answer before it, is committed',
  'drain-begun': 'the worker was asked to stop',
  'drain-commit': 'a run is being handed over',
  'drain-done': 'everything was handed over, the process has not ended',
  random: 'at any time, by another process',
} as const

export type Boundary = keyof typeof BOUNDARIES

/** All of them, in the order of the table. */
export const BOUNDARY_NAMES = Object.keys(BOUNDARIES) as readonly Boundary[]

/** Boundaries that only a worker which was asked to stop passes. */
export function isDrain(boundary: Boundary): boolean {
  return boundary.startsWith('drain-')
}

/** When a worker dies: the `nth` time that it passes the boundary, `microseconds` later where another thread does it. */
export interface KillPlan {
  readonly boundary: Boundary
  readonly nth: number
  readonly microseconds: number
}
