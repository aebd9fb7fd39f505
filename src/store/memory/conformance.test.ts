import { manualClock } from '../../core/manual-clock.ts'
import { runConformance } from '../conformance.ts'
import { type MemoryStore, openMemoryStore } from './open.ts'
import { memoryState } from './state.ts'

runConformance('memory', async () => {
  const clock = manualClock()
  const state = memoryState()
  const opened = new Map<unknown, MemoryStore>()
  const open = () => {
    const store = openMemoryStore({ clock, state })
    opened.set(store, store)
    return store
  }
  return {
    store: open(),
    clock,
    reopen: async () => open(),
    kill: async (store) => opened.get(store)?.crash(),
    expire: async (store, worker) => opened.get(store)?.expire(worker),
  }
})
