import { manualClock } from '../../core/manual-clock.ts'
import { systemRandom } from '../../core/random.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'
import type { Opened } from '../conformance.ts'
import type { LocalDurability, Store } from '../store.ts'
import { fileLocks, type Lock, type Locks } from './lock-file.ts'
import { createStore } from './open.ts'
import { openProcess } from './process.ts'
import { createWorkers } from './worker.ts'

/** For the conformance suite: several stores on one file, each of which can be ended as the death of its process would. */
export async function openPlayed(path: string, durability: LocalDurability): Promise<Opened> {
  const clock = manualClock()
  const kills = new Map<Store, () => void>()
  const open = async () => {
    const options = { path, durability, clock, random: systemRandom(), metrics: silentMetrics, patience: 5000 }
    const process = await openProcess(options)
    const { locks, drop } = droppable(fileLocks(path))
    const store = createStore(process, createWorkers(process, locks), durability)
    let isDead = false
    kills.set(store, () => {
      isDead = true
      drop()
      process.close()
    })
    const close = async () => (isDead ? undefined : store.close())
    const played = { ...store, close }
    kills.set(played, kills.get(store) ?? (() => {}))
    return played
  }
  return { store: await open(), clock, reopen: open, kill: async (store) => kills.get(store)?.() }
}

// Locks that can be lost all at once. Their files go with them, which tells others the same.
function droppable(locks: Locks): { readonly locks: Locks; readonly drop: () => void } {
  const held: Lock[] = []
  const take = (worker: string) => {
    const lock = locks.take(worker)
    if (lock !== undefined) held.push(lock)
    return lock
  }
  return {
    locks: { ...locks, take },
    drop: () => {
      for (const lock of held) lock.release()
    },
  }
}
