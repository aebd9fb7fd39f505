import { PolisError } from '../../core/error.ts'
import type { CoordinationPort, WorkerRecord } from '../coordination.ts'
import type { Lock, Locks } from './lock-file.ts'
import type { Process } from './process.ts'
import { prepareWorkers, type WorkerStatements, workerOf } from './sql/worker.ts'
import { touch, type Work } from './work.ts'

/** The workers' part of the coordination port, and the end of this process's own workers. */
export interface Workers
  extends Pick<CoordinationPort, 'register' | 'holds' | 'update' | 'unregister' | 'reap' | 'workers'> {
  /** Gives back the leases of all workers that this process registered, queueing their runs. */
  releaseAll(): Promise<void>
}

/** Makes it for one process. */
export function createWorkers({ database, work, write, read }: Process, locks: Locks): Workers {
  const statements = prepareWorkers(database)
  const held = new Map<string, Lock>()
  const release = async (worker: string) => {
    try {
      await write((now) => removeWorker(statements, work, worker, 0, now))
    } finally {
      // Even if its row could not be removed: without its lock it will be taken for dead, which it is.
      held.get(worker)?.release()
      held.delete(worker)
    }
  }
  return {
    register: async (record) => {
      const { worker } = record
      const lock = held.get(worker) ?? locks.take(worker)
      if (lock === undefined) throw new PolisError('CONFLICT', `Worker ${worker} is registered by another process`)
      held.set(worker, lock)
      await write(() => void statements.put.run(...valuesOf(record)))
    },
    // The operating system keeps the lock as long as the process lives, stopped or not.
    holds: (worker) => held.has(worker),
    update: (record) => write(() => void statements.change.run(...valuesOf(record))),
    unregister: release,
    reap: async () => {
      const { records, isOrphaned } = await read(() => ({
        records: statements.all.all(),
        isOrphaned: work.queue.orphan.get() !== undefined,
      }))
      const others = records.map(({ worker }) => worker).filter((worker) => !held.has(worker))
      const dead = others.flatMap((worker) => {
        const lock = locks.takeDead(worker)
        return lock === undefined ? [] : [{ worker, lock }]
      })
      if (dead.length === 0 && !isOrphaned) return 0
      try {
        return await write((now) => {
          const left = dead.reduce((count, { worker }) => count + removeWorker(statements, work, worker, 1, now), 0)
          return left + adopt(work, now)
        })
      } finally {
        for (const { lock } of dead) lock.release()
      }
    },
    workers: () => read(() => statements.all.all().map(workerOf)),
    releaseAll: async () => {
      await Promise.all([...held.keys()].map(release))
    },
  }
}

// What was claimed for a worker that had left: the answer came to nobody.
function adopt(work: Work, now: number): number {
  const runs = work.queue.adopt.all(now)
  for (const { run } of runs) touch(work, run)
  return runs.length
}

// Queues what the worker held; answers how many runs. A worker that another process removed meanwhile holds none.
function removeWorker(statements: WorkerStatements, work: Work, worker: string, crashes: number, now: number): number {
  const runs = work.queue.release.all(now, crashes, worker)
  for (const { run } of runs) touch(work, run)
  statements.remove.run(worker)
  return runs.length
}

function valuesOf({ worker, host, pid, startedAt, draining, releases }: WorkerRecord) {
  return [worker, host, pid, startedAt, draining ? 1 : 0, JSON.stringify(releases)] as const
}
