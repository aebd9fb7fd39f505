import { setTimeout as delay } from 'node:timers/promises'
import type { BudgetRecord, CostRow } from '../../src/core/budget.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { DecodedEntry } from '../../src/core/entry.ts'
import type { RunRecord } from '../../src/core/run.ts'
import { decodeEntry } from '../../src/engine/journal-entry.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { silentLog } from '../../src/telemetry/log.ts'

/** All that a store holds of the suite's tenant. */
export interface Collected {
  readonly runs: readonly { readonly record: RunRecord; readonly entries: readonly DecodedEntry[] }[]
  /** Questions that are still open, as `run/question`. */
  readonly questions: readonly string[]
  /** By run, of those that called models. */
  readonly costs: ReadonlyMap<string, CostRow>
  readonly budgets: readonly BudgetRecord[]
}

const TENANT = 'crash'
const SPENDERS: ReadonlySet<string> = new Set(['spender', 'frugal', 'desk'])

/** Reads everything of a store that nobody else has open. */
export async function collectStore(path: string): Promise<Collected> {
  await using store = await open(path)
  const runs = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.index.list(TENANT, {}, { limit: 100, ...(cursor === undefined ? {} : { cursor }) })
    for (const record of page.items) runs.push({ record, entries: await readJournal(store, record.run) })
    cursor = page.cursor
    if (cursor === undefined) break
  }
  const { items } = await store.index.questions(TENANT, {}, { limit: 1000 })
  const costs = new Map<string, CostRow>()
  for (const { record } of runs) {
    if (!SPENDERS.has(record.agent)) continue
    costs.set(record.run, await store.index.runCost(TENANT, record.run))
  }
  const budgets = (await store.index.budgets(TENANT, {}, { limit: 1000 })).items
  return { runs, questions: items.map(({ run, id }) => `${run}/${id}`), costs, budgets }
}

/** Milliseconds until no run is held by a worker that has just died; at most 10 s. */
export async function watchTakeover(path: string, worker: string): Promise<number> {
  const died = performance.now()
  await using store = await open(path)
  for (;;) {
    const { items } = await store.index.list(TENANT, { status: ['running'] }, { limit: 100 })
    const waited = performance.now() - died
    if (!items.some((record) => record.worker === worker) || waited > 10_000) return waited
    await delay(10)
  }
}

function open(path: string): Promise<Store> {
  return openSqliteStore({ path, durability: 'process', clock: systemClock(), log: silentLog })
}

async function readJournal(store: Store, run: string): Promise<readonly DecodedEntry[]> {
  const entries: DecodedEntry[] = []
  for (;;) {
    const page = await store.journal.read(TENANT, run, entries.length, 500)
    for (const entry of page) entries.push(await decodeEntry(store.blob, entry))
    if (page.length < 500) return entries
  }
}
