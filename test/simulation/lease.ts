/**
 * Leases that are times, on a memory store whose own are locks.
 *
 * Role: the store in the middle judges by its clock who is dead; a process renews its leases over the network, and knows by its own
 * clock when it may have lost one.
 */
import type { CoordinationPort } from '../../src/store/coordination.ts'
import type { MemoryStore } from '../../src/store/memory/open.ts'
import { type Caller, type Line, whenRunning } from './network.ts'
import type { Stage } from './stage.ts'

/** A third of it between renewals, one and a half of it to the end of a lease (ms). */
export const HEARTBEAT = 300

/** The leases as the store knows them. */
export interface Leases {
  /** Worker → end of its lease by the store's clock. */
  readonly ends: Map<string, number>
  /** The coordination port as the store in the middle offers it. */
  readonly port: CoordinationPort
  /** False when the worker has none any more. */
  renew(worker: string): boolean
}

/** The store's side. */
export function createLeases(store: MemoryStore, { clock }: Stage): Leases {
  const ends = new Map<string, number>()
  const { coordination } = store
  const hasEnded = (worker: string) => (ends.get(worker) ?? 0) <= clock.now()
  return {
    ends,
    renew(worker) {
      if (hasEnded(worker)) return false
      ends.set(worker, clock.now() + HEARTBEAT * 1.5)
      return true
    },
    port: {
      ...coordination,
      lease: 'time',
      async register(worker) {
        await coordination.register(worker)
        ends.set(worker.worker, clock.now() + HEARTBEAT * 1.5)
      },
      async unregister(worker) {
        await coordination.unregister(worker)
        ends.delete(worker)
      },
      async reap() {
        for (const worker of ends.keys()) {
          if (!hasEnded(worker)) continue
          ends.delete(worker)
          store.state.leases.delete(worker)
        }
        return coordination.reap()
      },
      claim: async (request) => (hasEnded(request.worker) ? { runs: [], more: false } : coordination.claim(request)),
    },
  }
}

/** A process' side: renews what it registered, and says so when it can no longer be sure of it. */
export function renewing(
  port: CoordinationPort,
  leases: Leases,
  { stage, line, call }: { readonly stage: Stage; readonly line: Line; readonly call: Caller },
): CoordinationPort {
  const { clock } = stage
  const held = new Map<string, { validUntil: number; lost: () => void }>()
  const beat = (worker: string) =>
    whenRunning(stage, line, () => {
      const lease = held.get(worker)
      if (lease === undefined) return
      if (lease.validUntil <= clock.now()) return lose(worker)
      const sent = clock.now()
      call(async () => leases.renew(worker)).then(
        (isHeld) => {
          if (isHeld) lease.validUntil = sent + HEARTBEAT * 1.5
          else lose(worker)
        },
        () => {},
      )
      stage.after(HEARTBEAT / 3, () => beat(worker))
    })
  const lose = (worker: string) => {
    const lease = held.get(worker)
    held.delete(worker)
    lease?.lost()
  }
  return {
    ...port,
    async register(worker, lost = () => {}) {
      const sent = clock.now()
      await port.register(worker)
      held.set(worker.worker, { validUntil: sent + HEARTBEAT * 1.5, lost })
      beat(worker.worker)
    },
    holds: (worker) => (held.get(worker)?.validUntil ?? 0) > clock.now(),
    async unregister(worker) {
      held.delete(worker)
      await port.unregister(worker)
    },
  }
}
