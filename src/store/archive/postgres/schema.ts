import type { Sql } from 'postgres'
import { PolisError } from '../../../core/error.ts'
import { archiveFormat1 } from '../sql/schema.ts'

/** The schema that an archive's tables are in. */
export const SCHEMA = 'polis_archive'

const TYPES = { text: 'TEXT COLLATE "C"', int: 'BIGINT', bytes: 'BYTEA' }
const FORMATS: readonly (readonly string[])[] = [archiveFormat1(TYPES)]
/** Any number of ours: who has it makes the tables. */
const LOCK = 0x506c6961

/** Makes the tables where they are not yet. STORE_TOO_NEW where a later version made them. */
export async function prepareSchema(sql: Sql<{ bigint: number }>, place: string): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${LOCK})`
    await transaction`CREATE SCHEMA IF NOT EXISTS ${transaction(SCHEMA)}`
    await transaction`CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)`
    const [row] = await transaction<{ value: string }[]>`SELECT value FROM meta WHERE name = 'format'`
    const format = Number(row?.value ?? 0)
    if (format > FORMATS.length) throw tooNew(place, format)
    if (format === FORMATS.length) return
    for (const statement of FORMATS.slice(format).flat()) await transaction.unsafe(statement)
    await transaction`INSERT INTO meta VALUES ('format', ${String(FORMATS.length)})
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`
  })
}

function tooNew(place: string, format: number): PolisError {
  const got = `The archive at ${place} has format ${format}, this version knows ${FORMATS.length}`
  return new PolisError('STORE_TOO_NEW', `${got}: use the version that wrote it, or a later one`)
}
