import type { METRICS } from './metric.ts'

type Catalogue = typeof METRICS

/** The name of a metric of the catalogue. */
export type MetricName = keyof Catalogue

/** The names of the metrics of one type. */
export type MetricNameOf<Type extends string> = {
  [Name in MetricName]: Catalogue[Name]['type'] extends Type ? Name : never
}[MetricName]

/** The labels that a metric must be given. */
export type LabelsOf<Name extends MetricName> = { readonly [Label in Catalogue[Name]['labels'][number]]: string }

/** Reports the values of a gauge when it is scraped. */
export type Collect<Name extends MetricName> = (
  set: (labels: LabelsOf<Name>, value: number) => void,
) => void | Promise<void>

/**
 * Where code reports what happened. Nothing here throws, and values that are not finite numbers are dropped: a metric must not
 * fail a run.
 */
export interface Metrics {
  /** Adds to a counter; by 1 unless told. */
  increment<Name extends MetricNameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by?: number): void
  /** Adds a value to a histogram, in the metric's unit (seconds, not milliseconds). */
  observe<Name extends MetricNameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void
  /** Sets a gauge. */
  set<Name extends MetricNameOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void
  /** Has a gauge reported whenever it is scraped, in place of what it held; one collector a gauge. Returns what ends it. */
  onScrape<Name extends MetricNameOf<'gauge'>>(name: Name, collect: Collect<Name>): () => void
  /** The metrics in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

/** The content type of Prometheus' text format. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Metrics that go nowhere. */
export const silentMetrics: Metrics = {
  increment() {},
  observe() {},
  set() {},
  onScrape: () => () => {},
  text: async () => '',
  contentType: CONTENT_TYPE,
}
