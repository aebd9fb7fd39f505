import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Log } from '../../telemetry/log.ts'
import type { CoordinationPort, WorkerRecord } from '../coordination.ts'
import { plainOperation, readAll, readNothing } from './operation.ts'
import type { Shard } from './shard.ts'

/** The workers' part of the coordination port, and the end of this process's own workers. */
export interface Workers
  extends Pick<CoordinationPort, 'register' | 'holds' | 'update' | 'unregister' | 'reap' | 'workers'> {
  /** Gives back the leases of all workers that this process registered, queueing their runs. */
  releaseAll(): Promise<void>
}

/** What leases are kept with. */
export interface WorkersOptions {
  readonly clock: Clock
  readonly log: Log
  /** A lease is renewed every third of it, and ends after one and a half (ms). */
  readonly heartbeat: number
}

/** Makes it for one shard. */
export function createWorkers(shard: Shard, options: WorkersOptions): Workers {
  const { clock } = options
  const held = new Map<string, Renewal>()
  const lease = options.heartbeat * 1.5
  // Who was taken for dead, or missed that it was, asks at once.
  const unwatch = shard.watch((topics) => {
    for (const [worker, { look }] of held) if (topics === undefined || topics.has(`worker/${worker}`)) look()
  })
  const release = async (worker: string) => {
    held.get(worker)?.stop()
    held.delete(worker)
    await shard.write(plainOperation(['unregister', worker], readNothing))
  }
  return {
    register: async (record, lost = () => {}) => {
      const { worker } = record
      const parts = ['register', worker, JSON.stringify(record), lease]
      const asked = clock.now()
      const isTaken = await shard.write(plainOperation(parts, (answer) => answer.boolean()))
      if (!isTaken) throw new PolisError('CONFLICT', `Worker ${worker} is registered by another process`)
      held.get(worker)?.stop()
      const end = () => {
        held.delete(worker)
        lost()
      }
      held.set(worker, keepRenewing(shard, options, { worker, lease, lost: end, asked }))
    },
    holds: (worker) => held.get(worker)?.stands() ?? false,
    update: (record) => shard.write(plainOperation(['update', record.worker, JSON.stringify(record)], readNothing)),
    unregister: release,
    reap: () => shard.write(plainOperation(['reap', lease], (answer) => answer.number())),
    workers: async () => {
      const records = await shard.read(plainOperation(['workers'], (answer) => readAll(answer, readWorker)))
      return records.sort((a, b) => (a.worker < b.worker ? -1 : 1))
    },
    releaseAll: async () => {
      unwatch()
      await Promise.all([...held.keys()].map(release))
    },
  }
}

function readWorker(answer: { text(): string }): WorkerRecord {
  // Written by register and update.
  return JSON.parse(answer.text()) as WorkerRecord
}

interface Renewal {
  /** Renews now. */
  look(): void
  /** Whether it surely stands: one that was asked for that long ago may have ended unheard. */
  stands(): boolean
  stop(): void
}

interface Lease {
  readonly worker: string
  readonly lease: number
  readonly lost: () => void
  /** When it was asked for, by the clock (ms). */
  readonly asked: number
}

function keepRenewing(
  shard: Shard,
  { clock, log, heartbeat }: WorkersOptions,
  { worker, lease, lost, asked }: Lease,
): Renewal {
  let isHeld = true
  let until = asked + lease
  let cancel = () => {}
  const renew = async () => {
    const sent = clock.now()
    try {
      const isThere = await shard.keep(plainOperation(['renew', worker, lease], (answer) => answer.boolean()))
      if (!isHeld) return
      if (isThere) {
        until = sent + lease
        return arm()
      }
      isHeld = false
      lost()
    } catch (reason) {
      if (!isHeld) return
      log.warn({ worker, error: PolisError.from(reason) }, 'the lease of this worker could not be renewed')
      arm()
    }
  }
  const arm = () => {
    cancel = clock.setTimer(clock.now() + heartbeat / 3, () => void renew())
  }
  arm()
  return {
    stands: () => isHeld && clock.now() < until,
    look: () => {
      cancel()
      void renew()
    },
    stop: () => {
      isHeld = false
      cancel()
    },
  }
}
