/** A value of a row, or of a parameter. */
export type Value = string | number | Uint8Array | null

/** A statement with `?` for each value. */
export type Statement = readonly [sql: string, ...values: readonly Value[]]

/** A database that archives are kept in: one dialect of SQL that both SQLite and PostgreSQL speak, and types by name. */
export interface Database {
  readonly name: 'sqlite' | 'postgres'
  /** What is committed. */
  all<Row>(...statement: Statement): Promise<readonly Row[]>
  /**
   * Does all of them in order, or none; resolves with how many rows each changed once that is through fsync. Where `guard`, which goes
   * first, changes no row, nothing is done and the answer is undefined. Two that change the same row follow one another.
   */
  write(statements: readonly Statement[], guard?: Statement): Promise<readonly number[] | undefined>
  /** Bytes that the archive takes on disk. */
  size(): Promise<number>
  close(): Promise<void>
}
