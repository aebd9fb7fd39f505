import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { WatchListener } from '../journal.ts'
import type { LocalDurability } from '../store.ts'
import { createGroup, type Faults } from './group.ts'
import { createNotice } from './notice.ts'
import { type Attached, attempt, type MemoryState } from './state.ts'
import { applyUnregister } from './worker.ts'

/** What one process has of a state: its groups, its leases, its listeners, and its end. */
export interface Process {
  readonly state: MemoryState
  /** This process to others, and as the holder of its leases. */
  readonly self: Attached
  /** Whom to tell when a worker of this process loses its lease. */
  readonly lost: Map<string, () => void>
  /** Commits the operation with this turn's group; `now` is the store's clock at the commit. */
  write<T>(operation: (now: number) => T): Promise<T>
  /** Reads what is committed. */
  read<T>(operation: () => T): Promise<T>
  watch(listener: WatchListener): () => void
  close(): Promise<void>
}

/** Attaches a process to a state. */
export function attachProcess(state: MemoryState, clock: Clock, durability: LocalDurability, faults: Faults): Process {
  let life: 'open' | 'closed' | 'crashed' = 'open'
  const notice = createNotice()
  const lost = new Map<string, () => void>()
  const end = (how: 'closed' | 'crashed') => {
    life = how
    group.drop()
    notice.stop()
    state.attached.delete(self)
    for (const [worker, holder] of [...state.leases]) if (holder === self) state.leases.delete(worker)
  }
  const self: Attached = {
    crash: () => (life === 'open' ? end('crashed') : undefined),
    hint: () => notice.tell(undefined),
    reaped: (worker) => {
      const tell = lost.get(worker)
      if (lost.delete(worker) && tell !== undefined && life === 'open') setImmediate(tell)
    },
  }
  const committed = (runs: ReadonlySet<string>) => {
    notice.tell(runs)
    if (runs.size > 0) for (const other of state.attached) if (other !== self) other.hint()
  }
  const group = createGroup({ state, durability, faults, crash: self.crash, committed })
  state.attached.add(self)
  const alive = async <T>(call: () => T | Promise<T>): Promise<T> => {
    if (life === 'crashed') return new Promise<T>(() => {})
    if (life === 'closed') throw new PolisError('STORE_UNAVAILABLE', 'The memory store was closed: open another one')
    return call()
  }
  return {
    state,
    self,
    lost,
    write: (operation) => alive(() => group.commit(() => operation(clock.now()))),
    read: (operation) => alive(operation),
    watch: notice.watch,
    close: async () => {
      if (life !== 'open') return
      group.flush()
      giveBack(state, self, clock.now())
      end('closed')
    },
  }
}

function giveBack(state: MemoryState, self: Attached, now: number): void {
  const workers = [...state.leases].filter(([, holder]) => holder === self).map(([worker]) => worker)
  if (workers.length === 0) return
  attempt(state, () => {
    for (const worker of workers) applyUnregister(state, worker, now)
  })
  state.sync()
  for (const other of state.attached) if (other !== self) other.hint()
}
