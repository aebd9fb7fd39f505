import type { Entry } from '../core/entry.ts'

/**
 * Whether a commit with these entries forgets the crashes of its run.
 *
 * An intent alone is no progress: a step that kills its worker whenever it is called writes one each time.
 */
export function isProgress(entries: readonly Pick<Entry, 'kind'>[]): boolean {
  return entries.some(({ kind }) => kind !== 'step-started')
}
