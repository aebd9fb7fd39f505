import type { Entry } from '../../core/entry.ts'
import type { Commit, Submit } from '../../store/journal.ts'
import type { Batch, BatchParts, Residence } from './residence.ts'

/** What is committed of a batch. A commit is made for every step, and most have nothing but entries. */
export function toCommit(
  { record: { tenant, run, epoch } }: Residence,
  batch: Batch,
  entries: readonly Entry[],
  submits: readonly Submit[] | undefined,
): Commit {
  const commit: Filling = { tenant, run, epoch, entries }
  if (batch.next !== undefined) commit.next = batch.next
  if (batch.parts !== undefined) addParts(commit, batch.parts, entries, submits ?? [])
  const blobs = entries.some(({ blob }) => blob !== undefined) ? entries.flatMap(({ blob }) => blob ?? []) : []
  if (blobs.length > 0) commit.blobs = [...(commit.blobs ?? []), ...blobs]
  return commit
}

type Filling = { -readonly [Key in keyof Commit]: Commit[Key] }

function addParts(commit: Filling, parts: BatchParts, entries: readonly Entry[], submits: readonly Submit[]): void {
  if (parts.consumed.length > 0) commit.consumed = parts.consumed
  if (parts.messages.length > 0) commit.messages = parts.messages
  if (submits.length > 0) commit.submits = submits
  if (parts.asks.length > 0) commit.asks = parts.asks
  if (parts.closes.length > 0) commit.closes = parts.closes
  if (parts.withdraws.length > 0) commit.withdraws = parts.withdraws
  if (parts.session !== undefined) commit.session = parts.session
  if (parts.title !== undefined) commit.title = parts.title
  if (parts.reserves.length > 0) commit.reserves = parts.reserves
  if (parts.settles.length > 0) commit.settles = parts.settles
  if (parts.charges.length > 0) commit.charges = parts.charges
  if (parts.raises.length > 0) commit.raises = parts.raises
  if (parts.blobs.length > 0) commit.blobs = parts.blobs
  const snapshot = parts.snapshot ? entries.find(({ kind }) => kind === 'snapshot-taken') : undefined
  if (snapshot !== undefined) commit.snapshot = snapshot.sequence
}
