import type { Dumped, Part, TransferPort } from '../../transfer.ts'
import type { BudgetRow } from '../../transfer-row.ts'
import { dumpListed, knownOwners } from '../dump.ts'
import { withoutRepeats } from '../transfer.ts'
import { createBlobs } from './blob.ts'
import { createIndex } from './index-port.ts'
import type { Router } from './journal.ts'
import { emptyOutbox } from './outbox.ts'
import { createRestore } from './restore.ts'
import { ofAll, shardAt } from './shard-store.ts'

/**
 * The transfer port over several shards.
 *
 * Each has its own pause, read by its own claims and submits, and the first one says how the store stands. They are dumped one after
 * another, once what their commits say to others has arrived: what a run, or a session, is of one moment is what one shard has of it.
 */
export function createTransfer(router: Router): TransferPort {
  const { shards, locator } = router
  const dump = createDump(router)
  return {
    state: () => shardAt(shards, 0).transfer.state(),
    pause: async (reason) => void (await ofAll(shards, ({ transfer }) => transfer.pause(reason))),
    // The first one last: it says whether the store is paused.
    resume: async () => {
      for (const { transfer } of shards.toReversed()) await transfer.resume()
    },
    snapshot: async () => {
      for (const shard of shards) await emptyOutbox(shards, shard)
      return {
        journal: {
          read: async (tenant, run, after, limit) =>
            (await locator.find(tenant, run)).journal.read(tenant, run, after, limit),
        },
        blob: createBlobs(shards),
        dump: withoutRepeats(dump),
        [Symbol.asyncDispose]: async () => {},
      }
    },
    dump,
    ...createRestore(router),
  }
}

function createDump(router: Router): TransferPort['dump'] {
  const { shards } = router
  const { head } = createBlobs(shards)
  return async (part, after, limit) => {
    if (part === 'budget') return dumpBudgets(router, after, limit)
    const { number, inner } = parsePlace(after)
    const { shard, transfer } = shardAt(shards, number)
    const { rows, next } =
      part === 'schedule'
        ? await transfer.dump(part, inner, limit)
        : await dumpListed({ read: shard.read, head }, part satisfies Part, inner, limit)
    if (next !== undefined) return { rows, next: `${number} ${next}` }
    return number + 1 < shards.length ? { rows, next: `${number + 1} ` } : { rows }
  }
}

// A place is the number of a shard, and the place in it.
function parsePlace(after: string | undefined): { readonly number: number; readonly inner: string | undefined } {
  if (after === undefined) return { number: 0, inner: undefined }
  const at = after.indexOf(' ')
  return { number: Number(after.slice(0, at)), inner: after.slice(at + 1) || undefined }
}

// What budgets stand at is gathered from all shards; a place is a tenant, and a cursor of its list.
async function dumpBudgets(router: Router, after: string | undefined, limit: number): Promise<Dumped> {
  const { shards } = router
  const known = await ofAll(shards, ({ shard }) => knownOwners(shard))
  const tenants = [...new Set(known.flatMap((owners) => owners.tenant))].sort()
  const at = after?.indexOf(' ') ?? -1
  const tenant = after === undefined ? tenants[0] : after.slice(0, at)
  if (tenant === undefined) return { rows: [] }
  const cursor = after?.slice(at + 1) || undefined
  const page = await createIndex(router).budgets(tenant, {}, { limit, ...(cursor === undefined ? {} : { cursor }) })
  const rows = page.items.map(({ reserved, ...budget }): BudgetRow => ({ kind: 'budget', ...budget }))
  if (page.cursor !== undefined) return { rows, next: `${tenant} ${page.cursor}` }
  const following = tenants.find((one) => one > tenant)
  return following === undefined ? { rows } : { rows, next: `${following} ` }
}
