import { METRICS, type Metric } from '../../../telemetry/metric.ts'
import type { KnownMetric, MetricCatalogue } from './metric-catalogue.ts'

/** What our own runtime exports. */
export function ownMetrics(): MetricCatalogue {
  const rows = Object.entries<Metric>(METRICS).map(([name, row]): [string, KnownMetric] => [
    name,
    { ...row, isSet: true, origin: 'the catalogue of Agentpolis' },
  ])
  const words = new Set(rows.map(([name]) => firstWord(name)))
  return { metrics: new Map(rows), isOurs: (name) => words.has(firstWord(name)) }
}

function firstWord(name: string): string {
  return name.split('_', 1)[0] ?? name
}
