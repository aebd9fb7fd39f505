import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'
import { within } from './within.ts'

type Counts = Awaited<ReturnType<Store['index']['counts']>>

// The gauges of one scrape share one read of the store.
const SHARED = 500

// A scrape waits so long for the store to answer (ms).
const PATIENCE = 2000

/** Has what waits reported from the store, which knows it for every process: each reports the same. */
export function reportRuns(metrics: Metrics, store: Store, clock: Clock): void {
  const counts = shareCounts(store, clock)
  const report = (name: 'suspended_workflows' | 'workflow_queue_depth', status: string) =>
    metrics.onScrape(name, async (set) => set({}, sum(await counts(), status)))
  report('suspended_workflows', 'suspended')
  report('workflow_queue_depth', 'queued')
  metrics.onScrape('store_up', async (set) => set({}, (await answers(store, clock)) ? 1 : 0))
  metrics.onScrape('store_paused', async (set) => set({}, (await store.transfer.state()).paused === undefined ? 0 : 1))
  metrics.onScrape('store_fill_ratio', (set) => set({}, store.fill()))
}

async function answers(store: Store, clock: Clock): Promise<boolean> {
  try {
    const late = () => new PolisError('TIMEOUT', 'The store did not answer')
    await within(clock, PATIENCE, store.ping(), late)
    return true
  } catch {
    // Readiness says why; here it is a number.
    return false
  }
}

function shareCounts(store: Store, clock: Clock): () => Promise<Counts> {
  let shared: Promise<Counts> | undefined
  let until = 0
  return () => {
    if (shared === undefined || clock.now() >= until) {
      shared = store.index.counts()
      until = clock.now() + SHARED
    }
    return shared
  }
}

function sum(counts: Counts, status: string): number {
  return counts.reduce((total, row) => (row.status === status ? total + row.count : total), 0)
}
