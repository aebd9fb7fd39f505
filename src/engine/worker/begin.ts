import type { DecodedEntry, Entry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { RunRecord } from '../../core/run.ts'
import { createBackoff } from '../backoff.ts'
import { endRun } from '../end-run.ts'
import { decodeEntry } from '../journal-entry.ts'
import type { Engine } from '../run/engine.ts'
import { type Claimed, type Execution, execute } from '../run/execute.ts'
import { isPassing } from '../run/record.ts'
import type { RunEnd } from '../run/residence.ts'

/** Entries are read so many at a time. */
const PAGE = 1000

/** Workers that may die with a run before it is put aside. */
const CRASH_LIMIT = 3

/**
 * Reads what a claimed run needs to be executed, its journal and its inbox; undefined when it was put aside instead. `fresh` are the
 * entries of a run that has no more.
 */
export async function prepare(
  engine: Engine,
  record: RunRecord,
  fresh?: readonly Entry[],
): Promise<Claimed | undefined> {
  if (record.crashes >= CRASH_LIMIT) return patiently(engine, record, () => putAside(engine, record))
  return { record, ...(await patiently(engine, record, () => readAll(engine, record, fresh))) }
}

/** Executes a run that was read; undefined when it left memory at once. */
export function begin(
  engine: Engine,
  claimed: Claimed,
  onLeave: (why: string, end?: RunEnd) => void,
): Execution | undefined {
  const { record, entries } = claimed
  const program = engine.programs.get(record.agent)
  if (program === undefined) {
    throw new PolisError('INTERNAL', `Run ${record.run} of agent ${record.agent} was claimed without its program`)
  }
  if (entries.length > 1) engine.metrics.increment('workflow_replays_total', { workflow_type: record.agent })
  let left = false
  const execution = execute(engine, program, claimed, (why, end) => {
    left = true
    observe(engine, record, why)
    onLeave(why, end)
  })
  return left ? undefined : execution
}

// The run is claimed, and nobody else will take it: a store that is busy or away for a while is waited for.
async function patiently<T>(engine: Engine, { run }: RunRecord, act: () => Promise<T>): Promise<T> {
  const backoff = createBackoff(engine.random)
  for (;;) {
    try {
      return await act()
    } catch (reason) {
      const error = PolisError.from(reason)
      if (!isPassing(error)) throw error
      engine.log.warn({ run, error }, 'run could not be read, trying again')
      const at = engine.clock.now() + backoff.next()
      await new Promise<void>((resolve) => engine.clock.setTimer(at, resolve))
    }
  }
}

async function readAll(engine: Engine, record: RunRecord, fresh: readonly Entry[] | undefined) {
  if (fresh !== undefined) return { entries: await decodeAll(engine, fresh), inbox: [] }
  const journal = (await readResumed(engine, record)) ?? { entries: await readJournal(engine, record, 0) }
  return { ...journal, inbox: await engine.store.journal.inbox({ tenant: record.tenant, run: record.run }) }
}

// The first entry, which says what the run is, and what is recorded from its snapshot on. Undefined where all of it has to be replayed.
async function readResumed(
  engine: Engine,
  record: RunRecord,
): Promise<Pick<Claimed, 'entries' | 'snapshot'> | undefined> {
  if (record.snapshot === undefined) return undefined
  const first = await engine.store.journal.read(record.tenant, record.run, 0, 1)
  const [snapshot, ...later] = await readJournal(engine, record, record.snapshot - 1)
  if (snapshot?.kind !== 'snapshot-taken') return undefined
  if (later.some(({ kind, data }) => kind === 'run-retried' && data.from <= snapshot.sequence)) return undefined
  return { entries: [...(await decodeAll(engine, first)), ...later], snapshot: snapshot.data }
}

async function readJournal(engine: Engine, { tenant, run, sequence }: RunRecord, after: number) {
  const entries: DecodedEntry[] = []
  for (let head = after; head < sequence; head = entries.at(-1)?.sequence ?? sequence) {
    const page = await engine.store.journal.read(tenant, run, head, PAGE)
    if (page.length === 0) {
      throw new PolisError('STORE_CORRUPT', `The journal of ${run} ends at ${head}, its record says ${sequence}`)
    }
    entries.push(...(await decodeAll(engine, page)))
  }
  return entries
}

async function decodeAll(engine: Engine, entries: readonly Entry[]): Promise<DecodedEntry[]> {
  const decoded: DecodedEntry[] = []
  for (const entry of entries) decoded.push(await decodeEntry(engine.store.blob, entry))
  return decoded
}

async function putAside(engine: Engine, record: RunRecord): Promise<undefined> {
  const reason = `${record.crashes} workers died while they executed it`
  const error = new PolisError('WORKER_LOST', `Run ${record.run} was given up: ${reason}`).toJSON()
  const body = { reason, error }
  const end = () =>
    endRun(
      engine.store,
      record,
      [{ kind: 'run-dead', body }],
      { status: 'dead', error, reason },
      { time: engine.clock.now(), seize: false },
    )
  // A message may come while it is being put aside.
  while ((await end()).kind === 'unread');
  engine.log.error(
    { run: record.run, agent: record.agent, crashes: record.crashes },
    'run was put aside as a dead letter',
  )
  engine.metrics.increment('workflow_dead_letters_total', { workflow_type: record.agent })
  return undefined
}

function observe(engine: Engine, record: RunRecord, why: string): void {
  if (!isEnd(why)) return
  const workflow_type = record.agent
  engine.metrics.increment('workflow_executions_total', { workflow_type, status: why })
  engine.metrics.observe('workflow_duration_seconds', { workflow_type }, (engine.clock.now() - record.createdAt) / 1000)
  if (why === 'diverged') engine.metrics.increment('workflow_divergences_total', { workflow_type })
}

/** True for a run that left memory because it ended. */
export function isEnd(why: string): boolean {
  return ENDS.has(why)
}

const ENDS = new Set(['completed', 'failed', 'cancelled', 'continued', 'diverged'])
