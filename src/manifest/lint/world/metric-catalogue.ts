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
  /** Where it is declared, for people. */
  readonly origin: string
}

/** What applications export, by name. */
export interface MetricCatalogue {
  readonly metrics: ReadonlyMap<string, KnownMetric>
  /** Prefixes of names whose metrics are all known: another name with such a prefix does not exist. */
  readonly isOurs: (name: string) => boolean
}
