import type { Entry, EntryBodies } from '../../core/entry.ts'
import { decode } from '../../core/json.ts'
import type { Message } from '../../store/journal.ts'
import { type EntryAuthor, toEntry } from '../journal-entry.ts'

/** What an ending commit has to record of its run's inbox, besides what it has consumed already. */
export interface Unread {
  readonly entries: readonly Entry[]
  readonly consumed: readonly string[]
}

/**
 * The entries that say what arrived and was not read before a run ended: what was acknowledged to a sender stands in the journal,
 * where a retry or a fork finds it.
 */
export function toUnread(
  inbox: readonly Message[],
  author: EntryAuthor,
  {
    first,
    time,
    consumed = [],
  }: { readonly first: number; readonly time: number; readonly consumed?: readonly string[] },
): Unread {
  const unread = inbox.filter(({ kind, id }) => kind === 'event' && !consumed.includes(id))
  const entries = unread.map(({ id, payload }, at) => {
    // The service writes events as their name and data.
    const { name, data } = decode(payload) as Pick<EntryBodies['message-arrived'], 'name' | 'data'>
    return toEntry(author, first + at, time, 'message-arrived', { message: id, name, data })
  })
  return { entries, consumed: unread.map(({ id }) => id) }
}
