import type { Spot } from '../source.ts'

/** What is known of a metric that an application exports. */
export interface KnownMetric {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly labels: readonly string[]
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[]
  /** Values that a label may have, where they are a closed list. */
  readonly closed?: Readonly<Record<string, readonly string[]>>
  /** Whether anything ever sets it. */
  readonly isSet: boolean
  /** Whether it is observed only where nothing failed. */
  readonly leavesFailuresOut?: boolean
  /** Where it is declared, where that is known. */
  readonly spot?: Spot
}

/** What applications export, by name. */
export interface MetricCatalogue {
  readonly metrics: ReadonlyMap<string, KnownMetric>
  /** Whether a metric of this name would be in the catalogue, if it existed. */
  readonly isOurs: (name: string) => boolean
}

/**
 * A catalogue of metrics, to which every name belongs that begins with the same word as one of them.
 *
 * None does where it is open: where there are more metrics, whose names are not known.
 */
export function createCatalogue(metrics: ReadonlyMap<string, KnownMetric>, isOpen = false): MetricCatalogue {
  const words = new Set(isOpen ? [] : [...metrics.keys()].map(firstWord))
  return { metrics, isOurs: (name) => words.has(firstWord(name)) }
}

/** The metric that a series is of: `x_bucket`, `x_sum` and `x_count` are of the histogram `x`. */
export function metricOf({ metrics }: MetricCatalogue, series: string): KnownMetric | undefined {
  const own = metrics.get(series)
  if (own !== undefined) return own
  const found = metrics.get(series.replace(/_(bucket|sum|count)$/, ''))
  return found?.type === 'histogram' || found?.type === 'summary' ? found : undefined
}

function firstWord(name: string): string {
  return name.split('_', 1)[0] ?? name
}
