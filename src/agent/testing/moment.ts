import type { EntryKind } from '../../core/entry.ts'
import { decode } from '../../core/json.ts'
import { entryKindsOf } from '../../core/operation-entry.ts'
import type { Commit } from '../../store/journal.ts'
import type { RunPaths } from './run-path.ts'

/** A moment at which a process may die: as a step is called, or on either side of a commit. */
export type Moment =
  | { readonly kind: 'call'; readonly step: string }
  | { readonly kind: 'commit'; readonly when: 'before' | 'after'; readonly commit: CommitSummary }

/** What a commit says of operations, by their ids. */
export interface CommitSummary {
  readonly begun: readonly string[]
  readonly ended: readonly string[]
  /** Kinds of its entries, or what the run becomes. */
  readonly text: string
}

const BEGINS = entryKindsOf('begin', 'whole')
const ENDS = entryKindsOf('end', 'whole')

/** Reads a commit as far as a test needs it. */
export function summarise({ run, entries, next }: Commit, paths: RunPaths): CommitSummary {
  const operations = entries.flatMap(({ kind, payload }) => {
    const body = decode(payload)
    const operation = typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : undefined
    return operation === undefined ? [] : [{ kind, id: paths.id(run, operation) }]
  })
  const idsOf = (kinds: ReadonlySet<EntryKind>) => operations.filter(({ kind }) => kinds.has(kind)).map(({ id }) => id)
  const words = [...operations.map(({ kind, id }) => `${id} ${kind}`), ...(next === undefined ? [] : [next.status])]
  return { begun: idsOf(BEGINS), ended: idsOf(ENDS), text: words.join(', ') }
}

/** The moment in words, for the message of a test that failed. */
export function describeMoment(moment: Moment): string {
  if (moment.kind === 'call') return `as ${moment.step} was about to be called`
  const { when, commit } = moment
  return when === 'before' ? `before the commit of: ${commit.text}` : `right after the commit of: ${commit.text}`
}
