import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { FORMAT_1 } from '../../src/store/sqlite/schema.ts'
import type { LocalDurability } from '../../src/store/store.ts'
import { type Measured, measure } from '../measure.ts'
import type { Size } from './ours.ts'
import { INPUT, OUTPUT } from './workload.ts'

/**
 * The floor: a script without an engine that writes the same rows of the same tables in the same transactions, everything of an
 * event-loop turn in one.
 */
export async function measureBare(
  path: string,
  durability: LocalDurability,
  effect: 'idempotent' | 'once',
  size: Size,
): Promise<Measured> {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'};`)
  db.exec(FORMAT_1)
  const commit = groupCommit(db)
  const write = statements(db)
  let number = 0
  const once = async () => {
    const run = `run_${String(number++).padStart(26, '0')}`
    let sequence = 1
    const entry = (kind: string, payload: unknown) => {
      const bytes = Buffer.from(JSON.stringify(payload))
      write.entry.run('default', run, sequence++, 1, 1, kind, Date.now(), 'bench', null, bytes)
      return bytes.byteLength
    }
    const append = (kind: string, payload: unknown) => {
      const bytes = entry(kind, payload)
      write.append.run(sequence - 1, bytes, Date.now(), 'default', run, 1, sequence - 2)
    }
    await commit(() => {
      write.run.run('default', run, Date.now(), Date.now(), Date.now())
      entry('run-submitted', { agent: 'three-step', input: INPUT, tags: {}, priority: 0 })
    })
    for (const [index, id] of ['first', 'second', 'third'].entries()) {
      if (effect === 'once') await commit(() => append('step-started', { id, index, attempt: 1, effect }))
      await commit(() => append('step-completed', { id, index, attempt: 1, ms: 0, output: OUTPUT }))
    }
    await commit(() => {
      const bytes = entry('run-completed', { output: OUTPUT })
      write.end.run(sequence - 1, bytes, Date.now(), Date.now(), 'default', run, 1)
    })
    JSON.parse(
      Buffer.from((write.read.get('default', run, sequence - 1) as { payload: Uint8Array }).payload).toString(),
    )
  }
  const measured = await measure(`bare node:sqlite (${effect})`, size, once)
  db.close()
  return measured
}

function statements(db: DatabaseSync): Record<'run' | 'entry' | 'append' | 'end' | 'read', StatementSync> {
  return {
    run: db.prepare(
      `INSERT INTO runs (tenant, run, agent, release, status, priority, epoch, sequence, bytes, worker, crashes, createdAt, updatedAt, queuedAt)
       VALUES (?, ?, 'three-step', 'bench', 'running', 0, 1, 1, 0, 'worker_1', 0, ?, ?, ?)`,
    ),
    entry: db.prepare(`INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    append: db.prepare(
      `UPDATE runs SET sequence = ?, bytes = bytes + ?, updatedAt = ?, crashes = 0 WHERE tenant = ? AND run = ? AND epoch = ? AND sequence = ?`,
    ),
    end: db.prepare(
      `UPDATE runs SET sequence = ?, bytes = bytes + ?, updatedAt = ?, endedAt = ?, status = 'completed', worker = NULL
       WHERE tenant = ? AND run = ? AND epoch = ?`,
    ),
    read: db.prepare('SELECT payload FROM journal WHERE tenant = ? AND run = ? AND sequence = ?'),
  }
}

function groupCommit(db: DatabaseSync): (apply: () => void) => Promise<void> {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const end = db.prepare('COMMIT')
  let group: { apply: () => void; resolve: () => void }[] = []
  const flush = () => {
    const taken = group
    group = []
    begin.run()
    for (const { apply } of taken) apply()
    end.run()
    for (const { resolve } of taken) resolve()
  }
  return (apply) =>
    new Promise((resolve) => {
      if (group.push({ apply, resolve }) === 1) setImmediate(flush)
    })
}
