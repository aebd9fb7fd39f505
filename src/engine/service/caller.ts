/** Whose command it is: the tenant it may touch and who is written into the journal as `by`. */
export interface Caller {
  readonly tenant: string
  readonly by?: string
}
