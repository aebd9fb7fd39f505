import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createPrograms } from '../../agent/program.ts'
import type { Project } from '../../agent/project.ts'
import { systemClock } from '../../core/clock.ts'
import { createIds } from '../../core/id.ts'
import { systemRandom } from '../../core/random.ts'
import { SETTINGS, type Settings } from '../../core/settings.ts'
import type { Transients } from '../../core/transient.ts'
import { WEBHOOK_AGENT, webhookProgram } from '../../engine/webhook.ts'
import { createWorker, type WorkerSettings } from '../../engine/worker/worker.ts'
import { createEvalPrograms } from '../../eval/programs.ts'
import { createModels } from '../../model/create-models.ts'
import { createMcpServers } from '../../protocol/mcp/client.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { openProjectStore } from '../project-store.ts'

/** Runs being executed. */
export interface Execution {
  readonly worker: string
  /** No new runs; running steps get `timeout` ms, the rest is handed over; then servers and store are closed. */
  stop(timeout: number): Promise<void>
}

/** What executing works with. */
export interface ExecutionOptions {
  readonly project: Project
  /** Settings in force in this process. */
  readonly settings: Settings
  readonly env: Readonly<Record<string, string | undefined>>
  readonly anyRelease: boolean
  readonly log: Log
  readonly metrics: Metrics
  readonly transients: Transients
}

/** Opens the store and starts to execute a project's runs. */
export async function startExecution(options: ExecutionOptions): Promise<Execution> {
  const { project, settings, env, anyRelease, log, metrics, transients } = options
  const random = systemRandom()
  const machine = systemClock()
  const { store, clock } = await openProjectStore(project.dir, settings, { clock: machine, log, metrics })
  const ids = createIds(clock, random)
  const timeout = settings['mcp.server.timeout'] * 1000
  const tools = createMcpServers(project.servers, {
    ...{ log, metrics, clock: machine, timeout, cwd: project.dir, env, random },
    poolSize: settings['mcp.connection_pool_size'],
    memoryLimit: settings['mcp.server.memory_limit'],
  })
  const models = createModels(project.models, { env, cwd: project.dir, clock: machine, log, metrics })
  const drain = longestStep(settings, anyRelease)
  const questionTimeout = settings['mcp.question_timeout'] * 1000
  const programs = new Map(
    createPrograms(project.agents, {
      ...{ tools, models, clock, random, toolTimeout: timeout, questionTimeout, drain },
    }),
  )
  programs.set(WEBHOOK_AGENT, webhookProgram({ fetch: globalThis.fetch, log, metrics }))
  const draining = new AbortController()
  const slots = Math.min(
    settings['agent.max_concurrent_workflows'],
    project.tenantConcurrency ?? Number.POSITIVE_INFINITY,
  )
  const evals = { dir: project.dir, agents: project.agents, store, models, clock, ids, log, metrics, slots }
  for (const [name, program] of createEvalPrograms({ ...evals, draining: draining.signal })) programs.set(name, program)
  const worker = createWorker({
    id: ids.worker(),
    settings: workerSettings(settings),
    ...{ store, programs, clock, random, ids, log, metrics, transients, anyRelease },
    ...(project.tenantConcurrency === undefined ? {} : { tenantConcurrency: project.tenantConcurrency }),
  })
  await worker.start()
  watchDelay(metrics)
  metrics.onScrape('active_workflows', (set) => set({}, worker.active()))
  return {
    worker: worker.id,
    stop: async (timeout) => {
      draining.abort()
      try {
        await worker.stop({ timeout })
      } finally {
        await models.close()
        await tools.close()
        await store.close()
      }
    },
  }
}

// `dev` drains quickly, so that it ends quickly; what it lets steps take is what they may take once they are served.
function longestStep(settings: Settings, isDev: boolean): number {
  const drain = settings['agent.graceful_shutdown_timeout']
  return (isDev ? Math.max(drain, SETTINGS['agent.graceful_shutdown_timeout'].default) : drain) * 1000
}

function workerSettings(settings: Settings): WorkerSettings {
  return {
    maxConcurrent: settings['agent.max_concurrent_workflows'],
    drainTimeout: settings['agent.graceful_shutdown_timeout'] * 1000,
    suspendAfter: settings['agent.suspend_after'],
    maxJournalBytes: settings['agent.max_journal_bytes'],
    heartbeat: settings['agent.heartbeat_interval'] * 1000,
  }
}

function watchDelay(metrics: Metrics): void {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  metrics.onScrape('worker_event_loop_delay_seconds', (set) => {
    set({}, delay.max / 1e9)
    delay.reset()
  })
}
