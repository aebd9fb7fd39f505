/**
 * Moves one ended run from the store into the archive.
 *
 * Role: copies it, reads the copy back, and removes the run from the store only then. Boundary: when, and which runs, is the
 * archiver's business.
 * 1. Wherever this ends, by a crash too, the run is whole in the store or whole in the archive, or in both; never in neither.
 * 2. The run is removed only as it was copied: one that was retried meanwhile stays, and its copy goes.
 * 3. Safe with any number of processes: of two that copy one run one gives up, and a copy is removed only by who knows that the store
 *    still has what it is of.
 */
import { createHash } from 'node:crypto'
import type { Entry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { RunRecord } from '../../core/run.ts'
import type { Archive, ArchivedRun, RunContent } from '../archive.ts'
import type { EndedRun } from '../index-port.ts'
import type { Store } from '../store.ts'
import { createDigest, type JournalDigest } from './digest.ts'
import { originOf } from './origin.ts'

const PAGE = 500

/** Moves the run, whose store is of this incarnation; `changed` says that it stays, having been retried meanwhile. Rejects where the copy is not what it should be. */
export async function archiveRun(
  live: Store,
  archive: Archive,
  { record, blobs, turns, cost }: EndedRun,
  { now, store }: { readonly now: number; readonly store: string },
): Promise<'archived' | 'changed'> {
  const { tenant, run, sequence } = record
  const kept = await present(live, tenant, blobs)
  const origin = await originOf(live, archive, record)
  const archived: ArchivedRun = { record, archivedAt: now, store, blobs: kept, turns, cost, ...origin }
  const given = await copy(live, archive, archived)
  const found = await archive.get(tenant, run)
  const fault = await findFault(archive, archived, found, given)
  if (fault === undefined && (await live.index.remove(tenant, run, sequence))) return 'archived'
  const stands = await live.index.get(tenant, run)
  // Another process moved it: whatever was found here was found too late.
  if (stands === undefined) return 'archived'
  if (stands.sequence !== sequence || stands.createdAt !== record.createdAt) {
    // Only the copy that was made here: another process may have copied the run as it is now.
    if (found?.archivedAt === now) await archive.remove(tenant, run, now)
    return 'changed'
  }
  await archive.remove(tenant, run, found?.archivedAt ?? now)
  const still = 'it stays in the store; check where the archive is kept'
  throw new PolisError(
    'STORE_CORRUPT',
    `The copy of run ${run} in the archive is not what was written (${fault}): ${still}`,
  )
}

// A run may name blobs that are not there; its payloads are looked for as they are read.
async function present(live: Store, tenant: string, hashes: readonly string[]): Promise<readonly string[]> {
  const heads = await Promise.all(hashes.map((hash) => live.blob.head(tenant, hash)))
  return hashes.filter((_, at) => heads[at] !== undefined)
}

async function copy(live: Store, archive: Archive, archived: ArchivedRun): Promise<JournalDigest> {
  const { record, blobs } = archived
  const digest = createDigest()
  const content: RunContent = {
    async *entries() {
      for await (const page of pagesOf(live.journal, record)) {
        digest.add(page)
        for (const entry of page) assertPayload(entry, blobs)
        yield page
      }
    },
    blob: async (hash) => {
      const head = await live.blob.head(record.tenant, hash)
      const bytes = await live.blob.read(record.tenant, hash)
      if (head !== undefined && bytes !== undefined) return { record: head, bytes }
      throw new PolisError('CONFLICT', `Run ${record.run} was not archived: its blob ${hash} was removed meanwhile`)
    },
  }
  if ((await archive.put(archived, content)) === 'kept') return digest.end()
  return digestOf(live.journal, record)
}

function assertPayload({ run, sequence, blob }: Entry, blobs: readonly string[]): void {
  if (blob === undefined || blobs.includes(blob)) return
  const what = `entry ${sequence} of run ${run} refers to blob ${blob}, which is not in the store`
  throw new PolisError('STORE_CORRUPT', `Run ${run} was not archived: ${what}`)
}

async function findFault(
  archive: Archive,
  { record, archivedAt, blobs }: ArchivedRun,
  found: RunRecord | undefined,
  given: JournalDigest,
): Promise<string | undefined> {
  const { tenant } = record
  const expected = { ...record, archivedAt: found?.archivedAt ?? archivedAt }
  if (JSON.stringify(found) !== JSON.stringify(expected)) return 'another record'
  const kept = await digestOf(archive, record)
  if (kept.count !== given.count) return `${kept.count} entries of ${given.count}`
  if (kept.hash !== given.hash) return 'other entries'
  for (const hash of blobs) if ((await hashOf(archive, tenant, hash)) !== hash) return `blob ${hash}`
  return undefined
}

async function digestOf(journal: Pick<Archive, 'read'>, record: RunRecord): Promise<JournalDigest> {
  const digest = createDigest()
  for await (const page of pagesOf(journal, record)) digest.add(page)
  return digest.end()
}

async function* pagesOf(journal: Pick<Archive, 'read'>, { tenant, run }: RunRecord): AsyncGenerator<readonly Entry[]> {
  for (let after = 0; ; ) {
    const page = await journal.read(tenant, run, after, PAGE)
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    after = page.at(-1)?.sequence ?? after
  }
}

async function hashOf(archive: Archive, tenant: string, hash: string): Promise<string | undefined> {
  const bytes = await archive.blob.read(tenant, hash)
  if (bytes === undefined) return undefined
  const found = createHash('sha256')
  for await (const chunk of bytes) found.update(chunk)
  return found.digest('hex')
}
