/** Longest that a request may wait for a run's end, ms. Who needs more follows the run. */
export const LONGEST_WAIT = 300_000
