import type { EntryBodies, EntryKind } from '../core/entry.ts'
import { encode } from '../core/json.ts'
import { type EndedStatus, hasEnded, type RunRecord } from '../core/run.ts'
import type { CommitOutcome, Message } from '../store/journal.ts'
import type { Store } from '../store/store.ts'
import { type Ending, tellOthers } from './ending.ts'
import { decodeEntry, toEntry } from './journal-entry.ts'
import { toUnread } from './run/unread.ts'

/** What is appended to end a run that is not in memory. */
export type LastEntries = readonly {
  [K in EntryKind]: { readonly kind: K; readonly body: EntryBodies[K] }
}[EntryKind][]

/**
 * Ends a run without executing it: one that a worker just claimed, or with `seize` one that nobody holds. Its children are
 * cancelled, its parent and its webhook are told, in the same commit.
 */
export async function endRun(
  store: Store,
  record: RunRecord,
  last: LastEntries,
  ending: Ending & { readonly status: EndedStatus; readonly reason: string },
  { time, seize, restore = false }: { readonly time: number; readonly seize: boolean; readonly restore?: boolean },
): Promise<CommitOutcome> {
  const { tenant, run, release } = record
  const epoch = seize ? record.epoch + 1 : record.epoch
  const [first] = await store.journal.read(tenant, run, 0, 1)
  if (first === undefined) return { kind: 'conflict', reason: 'the run is gone' }
  const submitted = await decodeEntry(store.blob, first)
  const { status, reason, output, error } = ending
  const told = { status, ...(output === undefined ? {} : { output }), ...(error === undefined ? {} : { error }) }
  const webhook = submitted.kind === 'run-submitted' ? submitted.data : {}
  const others = tellOthers({ ...record, epoch }, webhook, told, time)
  const author = { tenant, run, epoch, release }
  const unread = toUnread(await store.journal.inbox({ tenant, run }), author, { first: record.sequence + 1, time })
  const head = record.sequence + unread.entries.length
  return store.journal.append({
    tenant,
    run,
    epoch,
    ...(seize ? { seize } : {}),
    entries: [...unread.entries, ...last.map(({ kind, body }, at) => toEntry(author, head + 1 + at, time, kind, body))],
    consumed: unread.consumed,
    messages: [...others.messages, ...(await cancelChildren(store, record, time))],
    submits: others.submits,
    ...(restore ? { session: 'restore' as const } : {}),
    next: { status, reason },
  })
}

async function cancelChildren(store: Store, { tenant, run }: RunRecord, time: number): Promise<Message[]> {
  const messages: Message[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.index.list(
      tenant,
      { parent: run },
      { limit: 500, ...(cursor === undefined ? {} : { cursor }) },
    )
    for (const child of page.items) {
      if (hasEnded(child.status)) continue
      const payload = encode({ reason: `its parent ${run} has ended` })
      messages.push({ tenant, run: child.run, id: `${run}.cancelled`, kind: 'cancel', payload, time })
    }
    if (page.cursor === undefined) return messages
    cursor = page.cursor
  }
}
