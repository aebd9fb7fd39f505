import type { Entry } from '../../core/entry.ts'
import type { EntryRow } from './sql/journal.ts'
import type { Work } from './work.ts'

/** Writes entries to the journal, with a reference to each blob that holds a payload. */
export function insertEntries(work: Work, entries: readonly Entry[]): void {
  work.entries += entries.length
  for (const entry of entries) {
    insertEntry(work, entry)
    if (entry.blob !== undefined) referTo(work, entry, [entry.blob])
  }
}

/** Writes one entry alone. */
export function insertEntry(work: Work, entry: Entry): void {
  work.journal.insert.run(
    entry.tenant,
    entry.run,
    entry.sequence,
    entry.version,
    entry.epoch,
    entry.kind,
    entry.time,
    entry.release,
    entry.blob ?? null,
    entry.payload,
  )
}

/** Has the run refer to these blobs, so that they are kept as long as it is. */
export function referTo(
  work: Work,
  { tenant, run }: { readonly tenant: string; readonly run: string },
  hashes: readonly string[] = [],
): void {
  for (const hash of hashes) {
    if (work.journal.refer.run(tenant, run, hash).changes > 0) work.journal.countRef.run(tenant, hash)
  }
}

/** The row's entry. */
export function entryOf({ blob, ...entry }: EntryRow): Entry {
  return blob === null ? entry : { ...entry, blob }
}
