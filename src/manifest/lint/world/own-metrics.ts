import { METRICS, type Metric } from '../../../telemetry/metric.ts'
import type { KnownMetric } from './metric-catalogue.ts'

/** What our own runtime exports, by name. */
export function ownMetrics(): ReadonlyMap<string, KnownMetric> {
  return new Map(Object.entries<Metric>(METRICS).map(([name, row]) => [name, { ...row, isSet: true }]))
}
