/** What an eval must reach; each absent one asks for nothing. Scores are 0 to 1. */
export interface ThresholdOptions {
  /** Of the mean over all cases. */
  readonly mean?: number
  /** Of the mean of single scorers, by name. */
  readonly scorers?: Readonly<Record<string, number>>
  /** How far the mean may fall below the baseline's before that is a regression; what chance explains is none. */
  readonly regression?: number
}
