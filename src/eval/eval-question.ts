/** A question of an evaluated run, as `answers` sees it. */
export interface EvalQuestion<I = unknown> {
  /** Id of the asking operation: `send`, `branch/send#2`. */
  readonly id: string
  readonly agent: string
  readonly question: string
  readonly schema: unknown
  readonly about?: unknown
  /** Name and input of the case. */
  readonly case: string
  readonly input: I
}
