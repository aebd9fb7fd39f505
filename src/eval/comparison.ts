/** Two results of one eval beside each other, over the cases that both have. */
export interface Comparison {
  readonly cases: number
  /** Cases that only one of them has. */
  readonly missing: number
  readonly added: number
  /** Over the common cases. */
  readonly before: number
  readonly after: number
  /** After less before; `low` and `high` hold it with 95 % confidence. */
  readonly difference: number
  readonly low: number
  readonly high: number
  /** Of the sign test: how likely chance alone makes so many cases go one way. */
  readonly chance: number
  readonly change: 'better' | 'worse' | 'none'
  /** Cases that passed and do not any more, or the other way round. */
  readonly flipped: readonly Flip[]
}

/** A case that went over the mark. */
export interface Flip {
  readonly key: string
  readonly name: string
  readonly before: number
  readonly after: number
}
