import type { DatabaseSync } from 'node:sqlite'
import { prepare, type Statement, type Value } from './statement.ts'

/** A condition of a query and the values of its parameters. */
export type Condition = readonly [sql: string, ...values: readonly Value[]]

/** The conditions joined, and all their values in order. */
export function joined(conditions: readonly Condition[]): {
  readonly where: string
  readonly values: readonly Value[]
} {
  return { where: conditions.map(([sql]) => sql).join(' AND '), values: conditions.flatMap(([, ...values]) => values) }
}

/** Prepares queries that filters make up, each once for every shape of filter. */
export function createPrepared<Row>(database: DatabaseSync): (sql: string) => Statement<Row> {
  const prepared = new Map<string, Statement<Row>>()
  return (sql) => {
    const statement = prepared.get(sql) ?? prepare<Row>(database, sql)
    prepared.set(sql, statement)
    return statement
  }
}
