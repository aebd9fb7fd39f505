import { type Clock, systemClock } from '../core/clock.ts'
import { CONTENT_TYPE, type Collect, type MetricName, type Metrics } from './metrics-port.ts'

/** One report on its way from a worker thread to the registry. */
export interface ForwardedMetric {
  readonly op: 'increment' | 'observe' | 'set'
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Metrics that are kept elsewhere. */
export interface ForwardingMetrics extends Metrics {
  /** Posts what has gathered, for the moment before the thread ends. */
  flush(): void
}

/** How reports are gathered. */
export interface ForwardOptions {
  /** Longest that a report waits, in milliseconds. */
  readonly interval?: number
  /** Reports that are posted at once, before the interval is over. */
  readonly batch?: number
  readonly clock?: Clock
}

type Gathered = { -readonly [Key in keyof ForwardedMetric]: ForwardedMetric[Key] }
type Scrape = (set: (labels: Readonly<Record<string, string>>, value: number) => void) => void | Promise<void>

/**
 * Metrics for a worker thread: reports gather, counters and gauges as one each, and are posted in batches; the other side gives them
 * to `applyForwarded`. Since no scrape reaches a thread, its `onScrape` collectors report once an interval.
 */
export function forwardMetrics(
  post: (batch: readonly ForwardedMetric[]) => void,
  { interval = 1000, batch = 1000, clock = systemClock({ unref: true }) }: ForwardOptions = {},
): ForwardingMetrics {
  const gathered: Gathered[] = []
  const latest = new Map<string, Gathered>()
  const collectors = new Map<string, Scrape>()
  let armed = false
  const arm = () => {
    if (!armed) clock.setTimer(clock.now() + interval, tick)
    armed = true
  }
  const flush = () => {
    if (gathered.length === 0) return
    const batched = gathered.splice(0)
    latest.clear()
    post(batched)
  }
  const add = (report: ForwardedMetric) => {
    merge(gathered, latest, report)
    if (gathered.length >= batch) flush()
    else arm()
  }
  const tick = () => {
    armed = false
    for (const [name, scrape] of collectors) {
      // The registry counts a failed collector; here its gauge keeps its last value.
      Promise.try(scrape, (labels, value) => add({ op: 'set', name, labels, value })).catch(() => {})
    }
    flush()
    if (collectors.size > 0) arm()
  }
  return {
    increment: (name, labels, value = 1) => add({ op: 'increment', name, labels, value }),
    observe: (name, labels, value) => add({ op: 'observe', name, labels, value }),
    set: (name, labels, value) => add({ op: 'set', name, labels, value }),
    onScrape<Name extends MetricName>(name: Name, collect: Collect<Name>) {
      collectors.set(name, collect)
      arm()
      return () => void (collectors.get(name) === collect && collectors.delete(name))
    },
    text: async () => '',
    contentType: CONTENT_TYPE,
    flush,
  }
}

/** Reports to `metrics` what a worker thread forwarded. */
export function applyForwarded(metrics: Metrics, batch: readonly ForwardedMetric[]): void {
  // The other side was typed; names that are not in the catalogue are dropped by the registry.
  const sink = metrics as unknown as Record<ForwardedMetric['op'], (...report: unknown[]) => void>
  for (const { op, name, labels, value } of batch) sink[op](name, labels, value)
}

function merge(gathered: Gathered[], latest: Map<string, Gathered>, report: ForwardedMetric): void {
  if (report.op === 'observe') return void gathered.push(report)
  const key = keyOf(report)
  const before = latest.get(key)
  if (before === undefined) {
    const kept = { ...report }
    latest.set(key, kept)
    gathered.push(kept)
  } else {
    before.value = report.op === 'set' ? report.value : before.value + report.value
  }
}

function keyOf({ name, labels }: ForwardedMetric): string {
  let key = name
  for (const label in labels) key += `\n${label}=${labels[label]}`
  return key
}
