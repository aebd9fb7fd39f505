import { setTimeout as delay } from 'node:timers/promises'
import type { BudgetRecord, CostRow } from '../../src/core/budget.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { DecodedEntry } from '../../src/core/entry.ts'
import type { RunRecord } from '../../src/core/run.ts'
import { decodeEntry } from '../../src/engine/journal-entry.ts'
import type { Store } from '../../src/store/store.ts'
import { TENANT } from './client.ts'
import { openPlace, type Place } from './place.ts'

/** All that a store holds of a tenant. */
export interface Collected {
  readonly runs: readonly { readonly record: RunRecord; readonly entries: readonly DecodedEntry[] }[]
  /** Questions that are still open, as `run/question`. */
  readonly questions: readonly string[]
  /** By run, of those that called models. */
  readonly costs: ReadonlyMap<string, CostRow>
  readonly budgets: readonly BudgetRecord[]
}

const SPENDERS: ReadonlySet<string> = new Set(['spender', 'frugal', 'desk'])

/** Reads everything of the suite's tenant in a store that nobody works on. */
export async function collectStore(place: Place): Promise<Collected> {
  await using store = await open(place)
  return await collectTenant(store, TENANT)
}

/** Reads everything of a tenant in a store that is open. */
export async function collectTenant(store: Store, tenant: string): Promise<Collected> {
  const runs = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.index.list(tenant, {}, { limit: 100, ...(cursor === undefined ? {} : { cursor }) })
    for (const record of page.items) runs.push({ record, entries: await readJournal(store, tenant, record.run) })
    cursor = page.cursor
    if (cursor === undefined) break
  }
  const { items } = await store.index.questions(tenant, {}, { limit: 1000 })
  const costs = new Map<string, CostRow>()
  for (const { record } of runs) {
    if (!SPENDERS.has(record.agent)) continue
    costs.set(record.run, await store.index.runCost(tenant, record.run))
  }
  const budgets = (await store.index.budgets(tenant, {}, { limit: 1000 })).items
  return { runs, questions: items.map(({ run, id }) => `${run}/${id}`), costs, budgets }
}

/** Milliseconds until no run is held by a worker that has just died; at most 10 s. */
export async function watchTakeover(place: Place, worker: string): Promise<number> {
  const died = performance.now()
  await using store = await open(place)
  for (;;) {
    const { items } = await store.index.list(TENANT, { status: ['running'] }, { limit: 100 })
    const waited = performance.now() - died
    if (!items.some((record) => record.worker === worker) || waited > 10_000) return waited
    await delay(10)
  }
}

function open(place: Place): Promise<Store> {
  return openPlace(place, { clock: systemClock(), heartbeat: 1000 })
}

async function readJournal(store: Store, tenant: string, run: string): Promise<readonly DecodedEntry[]> {
  const entries: DecodedEntry[] = []
  for (;;) {
    const page = await store.journal.read(tenant, run, entries.length, 500)
    for (const entry of page) entries.push(await decodeEntry(store.blob, entry))
    if (page.length < 500) return entries
  }
}
