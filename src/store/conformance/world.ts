import { it } from 'node:test'
import type { ManualClock } from '../../core/manual-clock.ts'
import type { Store } from '../store.ts'
import { aSubmit, aWorker, type RunOptions } from './build.ts'

/** What an adapter gives the suite for one test: an empty store, and the means to see its data from elsewhere. */
export interface Opened {
  readonly store: Store
  /** The clock that the store was opened with; it also rules what `reopen` answers. */
  readonly clock: ManualClock
  /** Opens the same data as another process would, while the first goes on. */
  reopen(): Promise<Store>
  /** It is in several shards, which answer one by one. */
  readonly several?: true
  /** Ends a store as the death of its process does: its leases go, nothing is handed over. Absent where it cannot be played. */
  kill?(store: Store): Promise<void>
  /** Ends the lease of a worker of a store that lives, as that of a process which was paused for too long. Absent where leases do not end so. */
  expire?(store: Store, worker: string): Promise<void>
}

/** What one test works with. Stores are closed when it ends. */
export interface World {
  readonly store: Store
  readonly journal: Store['journal']
  readonly index: Store['index']
  readonly coordination: Store['coordination']
  readonly blob: Store['blob']
  readonly clock: ManualClock
  /** Whether its shards answer one by one. */
  readonly several: boolean
  /** The same data, as another process has it. */
  another(): Promise<Store>
  /** Undefined where the death of a process cannot be played. */
  readonly kill: ((store: Store) => Promise<void>) | undefined
  readonly expire: Opened['expire']
  /** Marks the test as skipped, with the reason. */
  skip(reason: string): void
  /** Submits a queued run. */
  submit(run: string, options?: RunOptions): Promise<void>
  /** Submits a run that worker `w1`, which is registered, holds at epoch 1. */
  start(run: string, options?: RunOptions): Promise<void>
  /** The run's status, for short assertions. */
  status(run: string, tenant?: string): Promise<string | undefined>
}

/** Declares one test of the suite. */
export type Prove = (title: string, body: (world: World) => Promise<void>) => void

/** Makes the `prove` of one adapter. Each test has a store of its own. */
export function createProve(open: () => Promise<Opened>): Prove {
  return (title, body) => {
    it(title, { timeout: 20_000 }, async (test) => {
      const opened = await open()
      const stores = [opened.store]
      try {
        await body(worldOf(opened, stores, (reason) => test.skip(reason)))
      } finally {
        for (const store of stores.reverse()) await store.close()
      }
    })
  }
}

function worldOf(opened: Opened, stores: Store[], skip: World['skip']): World {
  const { store, clock } = opened
  const { journal, index, coordination, blob } = store
  let registered = false
  return {
    store,
    journal,
    index,
    coordination,
    blob,
    clock,
    another: async () => {
      const other = await opened.reopen()
      stores.push(other)
      return other
    },
    several: opened.several === true,
    kill: opened.kill?.bind(opened),
    expire: opened.expire?.bind(opened),
    skip,
    submit: async (run, options) => void (await journal.submit(aSubmit(run, options))),
    start: async (run, options = {}) => {
      if (!registered) await coordination.register(aWorker('w1'))
      registered = true
      await journal.submit(aSubmit(run, { claim: { worker: 'w1' }, ...options }))
    },
    status: async (run, tenant = 't1') => (await index.get(tenant, run))?.status,
  }
}
