import postgres from 'postgres'
import { PolisError } from '../../../core/error.ts'
import type { Database, Statement, Value } from '../sql/database.ts'
import { archiveFailure, isGivenUp } from './failure.ts'
import { prepareSchema, SCHEMA } from './schema.ts'

/** Connections of one process or thread. */
const CONNECTIONS = 8
/** A statement may take so long (ms); a connection so long to be made, and to stay unused (s). */
const STATEMENT_TIMEOUT = 30_000
const CONNECT_TIMEOUT = 5
const IDLE = 30
/** After a failure to reach it nobody waits for it again before so long (ms). */
const RESPITE = 5_000
/** So often is a transaction tried that PostgreSQL gives up for another. */
const TRIES = 5

/** The database of an archive; nothing is sent before it is first used. */
export function openDatabase(url: string): Database {
  const { place, sql } = createClient(url)
  let ready: Promise<void> | undefined
  const whenReady = async () => {
    ready ??= prepareSchema(sql, place)
    try {
      await ready
    } catch (reason) {
      // It may be there the next time.
      ready = undefined
      throw reason
    }
  }
  let away: { readonly failure: PolisError; readonly until: number } | undefined
  const told = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (away !== undefined && performance.now() < away.until) throw away.failure
    try {
      await whenReady()
      const answer = await operation()
      away = undefined
      return answer
    } catch (reason) {
      const failure = archiveFailure(reason, place)
      if (failure.code === 'STORE_UNAVAILABLE') away = { failure, until: performance.now() + RESPITE }
      throw failure
    }
  }
  return {
    name: 'postgres',
    all: <Row>(...statement: Statement) => told(() => ask<Row>(sql, statement)),
    write: (statements, guard) => told(() => again(() => write(sql, statements, guard))),
    size: async () => {
      const [row] = await told(() => ask<{ size: number }>(sql, [SIZE, SCHEMA]))
      return Number(row?.size ?? 0)
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

const SIZE = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS size FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind = 'r'`

function createClient(url: string) {
  const parsed = URL.parse(url)
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    const expected = 'expected an address such as postgres://user:password@host:5432/database'
    // What was given may hold a password.
    throw new PolisError('INVALID_CONFIG', `Setting archive.url: ${expected}, got something else`)
  }
  const sql = postgres(url, {
    ...{ max: CONNECTIONS, idle_timeout: IDLE, connect_timeout: CONNECT_TIMEOUT, backoff: () => 1 },
    connection: {
      ...{ application_name: 'agentpolis', search_path: SCHEMA, statement_timeout: STATEMENT_TIMEOUT },
      // Whatever the database has: a run leaves the store for what is acknowledged here.
      synchronous_commit: 'on',
    },
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    onnotice: () => {},
  })
  return { place: `${parsed.host}${parsed.pathname}`, sql }
}

type Sql = ReturnType<typeof createClient>['sql']

async function ask<Row>(sql: Pick<Sql, 'unsafe'>, [text, ...values]: Statement): Promise<readonly Row[]> {
  const rows = await sql.unsafe(numbered(text), [...values], { prepare: true })
  // The client cannot tell TypeScript what a statement's rows look like: the type argument stands beside the text instead.
  return [...rows] as unknown as readonly Row[]
}

async function change(sql: Pick<Sql, 'unsafe'>, [text, ...values]: Statement): Promise<number> {
  return (await sql.unsafe(numbered(text), [...values] as Value[], { prepare: true })).count
}

// One round trip for the guard, and one for all the rest.
async function write(
  sql: Sql,
  statements: readonly Statement[],
  guard: Statement | undefined,
): Promise<readonly number[] | undefined> {
  const outcome = await sql.begin(async (transaction) => {
    if (guard !== undefined && (await change(transaction, guard)) === 0) return { counts: undefined }
    return { counts: await Promise.all(statements.map((statement) => change(transaction, statement))) }
  })
  return outcome.counts
}

async function again<T>(operation: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await operation()
    } catch (reason) {
      if (!isGivenUp(reason) || tries === TRIES) throw reason
    }
  }
}

const NUMBERED = new Map<string, string>()

// `?` as PostgreSQL has it: $1, $2, …
function numbered(text: string): string {
  const known = NUMBERED.get(text)
  if (known !== undefined) return known
  let count = 0
  const done = text.replaceAll('?', () => `$${++count}`)
  NUMBERED.set(text, done)
  return done
}
