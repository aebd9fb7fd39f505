import { PolisError } from '../../core/error.ts'
import { createArchiver } from '../../engine/archiver.ts'
import { createRetention } from '../../engine/retention.ts'
import { createScheduler } from '../../engine/schedule.ts'
import { createService } from '../../engine/service/create.ts'
import type { Service } from '../../engine/service/service.ts'
import { NO_ARCHIVE } from '../../store/archive/none.ts'
import type { ProjectStore } from '../project-store.ts'
import type { WorkerHost } from '../worker/worker-host.ts'
import type { Assembly } from './assembly.ts'

/** The engine's part of the main thread: commands, schedules, and the archiving and removal of what is over. */
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
  const holder = ids.worker()
  const { live, archive } = store
  const keep = archive === NO_ARCHIVE ? lifetime(settings['store.retention']) : undefined
  const keepLedger = lifetime(settings['store.ledger_retention'])
  const retention = createRetention({ store: live, holder, clock, log, keep, keepLedger })
  const archiver = createArchiver({
    ...{ live, archive, holder, clock, log, metrics },
    after: settings['archive.after'] * DAY,
    keep: lifetime(settings['archive.retention']),
  })
  const works = options.role !== 'api'
  return {
    service: createService({ store, archive, agents, ids, clock, log, metrics }),
    start: async () => {
      if (!works) return
      await scheduler.start()
      retention.start()
      if (archive !== NO_ARCHIVE) archiver.start()
    },
    sync: async () => {
      if (!works) return
      await scheduler.sync().catch((reason) => {
        log.error({ error: PolisError.from(reason) }, 'the schedules of the changed project were not stored')
      })
    },
    stop: async () => {
      if (works) await Promise.all([scheduler.stop(), retention.stop(), archiver.stop()])
    },
  }
}

// Days, of which 0 is for ever, as milliseconds.
function lifetime(days: number): number | undefined {
  return days === 0 ? undefined : days * DAY
}
