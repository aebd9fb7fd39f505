import { PolisError } from '../../core/error.ts'
import { createRetention } from '../../engine/retention.ts'
import { createScheduler } from '../../engine/schedule.ts'
import { createService } from '../../engine/service/create.ts'
import type { Service } from '../../engine/service/service.ts'
import type { ProjectStore } from '../project-store.ts'
import type { WorkerHost } from '../worker/worker-host.ts'
import type { Assembly } from './assembly.ts'

/** The engine's part of the main thread: commands, schedules, and the removal of what is over. */
export interface HostEngine {
  readonly service: Service
  /** Begins to start runs of schedules and to remove old ones, in a process that executes runs. */
  start(): Promise<void>
  /** Brings the store's schedules in line with changed code. Never rejects. */
  sync(): Promise<void>
  stop(): Promise<void>
}

const DAY = 86_400_000

/** The engine over a store, with the agents that the thread knows. */
export function createHostEngine(
  { options, settings, ids, reports }: Assembly,
  { store, clock }: ProjectStore,
  workers: WorkerHost,
): HostEngine {
  const { log, metrics } = reports
  const agents = () => workers.catalogue().agents
  const schedules = () => workers.catalogue().schedules
  const scheduler = createScheduler({ store, agents, schedules, ids, clock, log, metrics })
  const [keep, keepLedger] = [settings['store.retention'], settings['store.ledger_retention']].map((days) =>
    days === 0 ? undefined : days * DAY,
  )
  const retention = createRetention({ store, holder: ids.worker(), clock, log, keep, keepLedger })
  const works = options.role !== 'api'
  return {
    service: createService({ store, agents, ids, clock, log, metrics }),
    start: async () => {
      if (!works) return
      await scheduler.start()
      retention.start()
    },
    sync: async () => {
      if (!works) return
      await scheduler.sync().catch((reason) => {
        log.error({ error: PolisError.from(reason) }, 'the schedules of the changed project were not stored')
      })
    },
    stop: async () => {
      if (works) await Promise.all([scheduler.stop(), retention.stop()])
    },
  }
}
