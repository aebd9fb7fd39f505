import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type Clock, systemClock } from '../core/clock.ts'
import { type BoundLabels, boundLabels } from './bound-label.ts'
import { METRICS, type Metric } from './metric.ts'
import { CONTENT_TYPE, type Metrics } from './metrics-port.ts'

export { applyForwarded, type ForwardedMetric, type ForwardingMetrics, forwardMetrics } from './forward-metrics.ts'
export { type Metrics, silentMetrics } from './metrics-port.ts'

/** What the process is, and the limits of its metrics. */
export interface MetricsOptions {
  readonly service: string
  readonly version: string
  readonly environment: string
  /** Distinct values that a label without a closed list may have. */
  readonly labelCap?: number
  /** Milliseconds that one collector may take before the scrape goes on without it. */
  readonly collectTimeout?: number
  readonly clock?: Clock
}

type Instrument = Counter | Gauge | Histogram
type Set = (labels: Readonly<Record<string, string>>, value: number) => void
type Scrape = (set: Set) => void | Promise<void>

/** Metrics of this process, in a registry of their own; `text()` is what the exporter serves. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { labelCap = 200, collectTimeout = 2000, clock = systemClock({ unref: true }) } = options
  const registry = new Registry()
  const instruments = new Map<string, { instrument: Instrument; bound: BoundLabels }>()
  for (const [name, metric] of Object.entries<Metric>(METRICS)) {
    instruments.set(name, {
      instrument: createInstrument(name, metric, registry),
      bound: boundLabels(metric, labelCap),
    })
  }
  const collectors = new Map<string, Scrape>()
  const record = (name: string, labels: Readonly<Record<string, string>>, value: number) => {
    const found = instruments.get(name)
    if (found !== undefined && Number.isFinite(value)) apply(found.instrument, found.bound(labels), value)
  }
  const collect = async (name: string, scrape: Scrape) => {
    instruments.get(name)?.instrument.reset()
    // What a collector reports after its time belongs to no scrape.
    let open = true
    const outcome = await within(clock, collectTimeout, () =>
      scrape((labels, value) => open && record(name, labels, value)),
    )
    open = false
    if (outcome === 'failed') record('errors_total', { error_type: 'INTERNAL', component: 'telemetry' }, 1)
    if (outcome === 'late') record('errors_total', { error_type: 'TIMEOUT', component: 'telemetry' }, 1)
  }
  const metrics: Metrics = {
    increment: (name, labels, by = 1) => record(name, labels, by),
    observe: record,
    set: record,
    onScrape(name, scrape) {
      collectors.set(name, scrape)
      return () => void (collectors.get(name) === scrape && collectors.delete(name))
    },
    async text() {
      await Promise.all([...collectors].map(([name, scrape]) => collect(name, scrape)))
      return registry.metrics()
    },
    contentType: CONTENT_TYPE,
  }
  reportProcess(metrics, clock, options)
  return metrics
}

function createInstrument(name: string, metric: Metric, registry: Registry): Instrument {
  const config = { name, help: metric.doc, labelNames: [...metric.labels], registers: [registry] }
  if (metric.type === 'counter') return new Counter(config)
  if (metric.type === 'gauge') return new Gauge(config)
  return new Histogram({ ...config, buckets: [...(metric.buckets ?? [])] })
}

function apply(instrument: Instrument, labels: Readonly<Record<string, string>>, value: number): void {
  if (instrument instanceof Histogram) instrument.observe(labels, value)
  else if (instrument instanceof Gauge) instrument.set(labels, value)
  else if (value > 0) instrument.inc(labels, value)
}

async function within(
  clock: Clock,
  timeout: number,
  work: () => void | Promise<void>,
): Promise<'done' | 'failed' | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const cancel = clock.setTimer(clock.now() + timeout, () => resolve('late'))
  // A collector that fails is counted by the caller; its gauge stays empty, which alerts can see.
  const done = Promise.try(work).then(
    () => 'done' as const,
    () => 'failed' as const,
  )
  try {
    return await Promise.race([done, late])
  } finally {
    cancel()
  }
}

function reportProcess(metrics: Metrics, clock: Clock, { service, version, environment }: MetricsOptions): void {
  metrics.set('agent_info', { service, version, environment }, 1)
  metrics.onScrape('memory_usage_bytes', (set) => set({}, process.memoryUsage.rss()))
  let usage = process.cpuUsage()
  let at = clock.now()
  metrics.onScrape('cpu_usage_percent', (set) => {
    const { user, system } = process.cpuUsage(usage)
    const elapsed = Math.max(clock.now() - at, 1)
    set({}, (user + system) / 10 / elapsed)
    usage = process.cpuUsage()
    at = clock.now()
  })
}
