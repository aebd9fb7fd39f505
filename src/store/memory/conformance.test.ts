import { manualClock } from '../../core/manual-clock.ts'
import { type Opened, runConformance } from '../conformance.ts'
import { runTransferConformance } from '../conformance-transfer.ts'
import { type MemoryStore, openMemoryStore } from './open.ts'
import { memoryState } from './state.ts'

const open = async (): Promise<Opened> => {
  const clock = manualClock()
  const state = memoryState()
  const opened = new Map<unknown, MemoryStore>()
  const attach = () => {
    const store = openMemoryStore({ clock, state })
    opened.set(store, store)
    return store
  }
  return {
    store: attach(),
    clock,
    reopen: async () => attach(),
    kill: async (store) => opened.get(store)?.crash(),
    expire: async (store, worker) => opened.get(store)?.expire(worker),
  }
}

runConformance('memory', open)
runTransferConformance('memory', open)
