import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** A value of one row. */
export type Value = SQLInputValue

/** A prepared statement whose rows have a known shape. */
export interface Statement<Row = never> {
  /** The first row, if any; the statement is finished. */
  get(...values: readonly Value[]): Row | undefined
  all(...values: readonly Value[]): Row[]
  run(...values: readonly Value[]): { readonly changes: number }
}

/** Prepares a statement; `Row` is the shape that its text says. */
export function prepare<Row = never>(database: DatabaseSync, sql: string): Statement<Row> {
  // SQLite cannot tell TypeScript what a statement's rows look like: the type argument stands beside the text instead.
  return database.prepare(sql) as unknown as Statement<Row>
}
