import type { Evidence } from '../evidence.ts'

/** Evidence for tests, of a run that answered nothing. */
export function evidence(given: Partial<Evidence> = {}): Evidence {
  return {
    ...{ name: 'case', trial: 1, input: {}, output: undefined, expected: undefined, error: undefined },
    // No scorer of this package looks into the record.
    run: {} as Evidence['run'],
    ...{ entries: [], cost: 0, duration: 0 },
    ...given,
  }
}
