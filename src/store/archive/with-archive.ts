/**
 * A store with an archive behind it.
 *
 * Role: answers reads of runs that left the store from the archive, and removes from both. Boundary: moves nothing; what is not in the
 * store alone is `live`'s business.
 * 1. The store goes first: a run that is in both, on its way, is the store's.
 * 2. A removal is acknowledged once the run is in neither. It begins with the store, so that a copy under way finds nothing to copy.
 * 3. While the archive is away, what is in the store is read and changed as ever; what runs below it cost that have left is missing.
 */
import { PolisError } from '../../core/error.ts'
import { hasEnded } from '../../core/run.ts'
import type { Archive } from '../archive.ts'
import type { BlobPort } from '../blob.ts'
import { addCosts } from '../cost.ts'
import type { IndexPort } from '../index-port.ts'
import type { JournalPort } from '../journal.ts'
import type { SessionTurn } from '../session.ts'
import type { Store } from '../store.ts'
import { isAway } from './away.ts'
import { NO_ARCHIVE } from './none.ts'

/** The store with its archive, and both apart. */
export interface ArchivedStore extends Store {
  readonly live: Store
  readonly archive: Archive
}

/** Puts an archive behind a store; closing it closes both. */
export function withArchive(live: Store, archive: Archive): ArchivedStore {
  const close = async () => {
    try {
      await live.close()
    } finally {
      await archive.close()
    }
  }
  if (archive === NO_ARCHIVE) return { ...live, live, archive }
  return {
    ...live,
    live,
    archive,
    journal: { ...live.journal, ...journalReads(live, archive) },
    index: { ...live.index, ...indexReads(live, archive), ...removals(live, archive) },
    blob: { ...live.blob, ...blobReads(live, archive) },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function journalReads(
  { journal, index, blob }: Store,
  archive: Archive,
): Pick<JournalPort, 'submit' | 'append' | 'deliver' | 'read'> {
  return {
    submit: async (submit) => {
      const payloads = submit.entries.flatMap((entry) => (entry.blob === undefined ? [] : [entry.blob]))
      for (const hash of new Set([...payloads, ...(submit.blobs ?? [])])) {
        await bringBack(blob, archive, submit.record.tenant, hash)
      }
      return journal.submit(submit)
    },
    append: async (commit) => {
      const outcome = await journal.append(commit)
      if (outcome.kind === 'committed' || !commit.seize) return outcome
      const { tenant, run } = commit
      if ((await index.get(tenant, run)) !== undefined || (await archive.get(tenant, run)) === undefined) return outcome
      const what = 'it can be read and forked, and goes on no more'
      throw new PolisError('CONFLICT', `Run ${commit.run} is in the archive: ${what}`)
    },
    deliver: async (message) => {
      const outcome = await journal.deliver(message)
      if (outcome.kind !== 'not-found') return outcome
      const status = (await archive.get(message.tenant, message.run))?.status
      return status !== undefined && hasEnded(status) ? { kind: 'ended', status } : outcome
    },
    read: async (tenant, run, after, limit) => {
      const entries = await journal.read(tenant, run, after, limit)
      if (entries.length > 0 || (await index.get(tenant, run)) !== undefined) return entries
      return archive.read(tenant, run, after, limit)
    },
  }
}

// A fork, or a message with an old file, refers to bytes that went with the last run that did.
async function bringBack(blob: BlobPort, archive: Archive, tenant: string, hash: string): Promise<void> {
  if ((await blob.head(tenant, hash)) !== undefined) return
  const [head, bytes] = [await archive.blob.head(tenant, hash), await archive.blob.read(tenant, hash)]
  if (head !== undefined && bytes !== undefined) await blob.put(tenant, bytes, head)
}

type IndexReads = 'get' | 'turns' | 'runCost'

function indexReads({ index }: Store, archive: Archive): Pick<IndexPort, IndexReads> {
  return {
    get: async (tenant, run) => (await index.get(tenant, run)) ?? (await archive.get(tenant, run)),
    turns: async (tenant, session, from, limit) => {
      const turns = await index.turns(tenant, session, from, limit)
      const createdAt = (await index.session(tenant, session))?.createdAt
      if (createdAt === undefined) return turns
      try {
        return merged(turns, await archive.turns({ tenant, session, createdAt }, from, limit), limit)
      } catch (reason) {
        // Where the first that is asked for is here, so are those that came after it: what is older leaves first.
        if (isAway(reason) && turns[0]?.place === Math.max(1, from)) return turns
        throw reason
      }
    },
    runCost: async (tenant, run) => {
      const [isLive, known] = await Promise.all([index.get(tenant, run), index.runCost(tenant, run)])
      try {
        const archived = await archive.cost(tenant, run)
        return isLive === undefined && archived.calls > 0 ? archived : addCosts(known, archived)
      } catch (reason) {
        if (isAway(reason) && isLive !== undefined) return known
        throw reason
      }
    },
  }
}

function merged(live: readonly SessionTurn[], archived: readonly SessionTurn[], limit: number): readonly SessionTurn[] {
  const places = new Set(live.map(({ place }) => place))
  const rest = archived.filter(({ place }) => !places.has(place))
  return rest.length === 0 ? live : [...live, ...rest].sort((a, b) => a.place - b.place).slice(0, limit)
}

function removals({ index }: Store, archive: Archive): Pick<IndexPort, 'remove' | 'removeSessionRuns'> {
  return {
    remove: async (tenant, run, sequence) => {
      const removed = await index.remove(tenant, run, sequence)
      if (!removed && (await index.get(tenant, run)) !== undefined) return false
      return (await archive.remove(tenant, run)) || removed
    },
    removeSessionRuns: async (tenant, session, limit) => {
      const removed = await index.removeSessionRuns(tenant, session, limit)
      if (removed >= limit) return removed
      return removed + (await archive.removeSession({ tenant, session }, limit - removed))
    },
  }
}

function blobReads({ blob }: Store, archive: Archive): Pick<BlobPort, 'head' | 'read'> {
  return {
    head: async (tenant, hash) => (await blob.head(tenant, hash)) ?? (await archive.blob.head(tenant, hash)),
    read: async (tenant, hash) => (await blob.read(tenant, hash)) ?? (await archive.blob.read(tenant, hash)),
  }
}
