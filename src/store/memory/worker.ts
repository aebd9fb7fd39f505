import type { WorkerRecord } from '../coordination.ts'
import { queueRun } from './move.ts'
import type { Attached, MemoryState, RunRow } from './state.ts'

/** Takes the worker's lease for a store, for as long as that store lives. */
export function applyRegister(state: MemoryState, worker: WorkerRecord, holder: Attached): void {
  state.workers.set(worker.worker, worker)
  state.leases.set(worker.worker, holder)
}

/** Changes what a registered worker says of itself; one that is not registered any more stays so. */
export function applyUpdate(state: MemoryState, worker: WorkerRecord): void {
  if (state.workers.get(worker.worker) !== undefined) state.workers.set(worker.worker, worker)
}

/** Gives a lease back: the worker's runs are queued and no crash is counted (G6). */
export function applyUnregister(state: MemoryState, worker: string, now: number): void {
  for (const row of heldBy(state, (holder) => holder === worker)) queueRun(state, row, now, now)
  state.workers.delete(worker)
  state.leases.delete(worker)
}

/** Queues the runs of workers that are dead, counting a crash on each (G6), and those that no worker holds; answers how many runs. */
export function applyReap(state: MemoryState, now: number): number {
  const dead = [...state.workers.values()].map(({ worker }) => worker).filter((worker) => !state.leases.has(worker))
  const lost = heldBy(state, (holder) => dead.includes(holder))
  for (const row of lost) queueRun(state, row, now, now, row.record.crashes + 1)
  for (const worker of dead) {
    state.workers.delete(worker)
    for (const store of state.attached) store.reaped(worker)
  }
  const orphans = heldBy(state, (holder) => state.workers.get(holder) === undefined)
  for (const row of orphans) queueRun(state, row, now, now)
  return lost.length + orphans.length
}

/** All registered workers, by id, dead ones too until they are reaped. */
export function listWorkers(state: MemoryState): readonly WorkerRecord[] {
  return [...state.workers.values()].sort((a, b) => (a.worker < b.worker ? -1 : 1))
}

function heldBy(state: MemoryState, isHolder: (worker: string) => boolean): readonly RunRow[] {
  return [...state.runs.values()].filter(
    ({ record }) => record.status === 'running' && record.worker !== undefined && isHolder(record.worker),
  )
}
