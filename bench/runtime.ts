import type { AgentDefinition } from '../src/agent/define-agent.ts'
import { agentInfo, createPrograms } from '../src/agent/program.ts'
import type { AgentInfo } from '../src/core/agent.ts'
import { systemClock } from '../src/core/clock.ts'
import { createIds } from '../src/core/id.ts'
import { systemRandom } from '../src/core/random.ts'
import { noToolServers } from '../src/core/tool.ts'
import { createTransients } from '../src/core/transient.ts'
import type { Program } from '../src/engine/program.ts'
import { createService } from '../src/engine/service/create.ts'
import type { Service } from '../src/engine/service/service.ts'
import { createWorker, type Worker } from '../src/engine/worker/worker.ts'
import type { ModelsConfig } from '../src/model/config.ts'
import { createModels } from '../src/model/create-models.ts'
import type { Store } from '../src/store/store.ts'
import { createLog } from '../src/telemetry/log.ts'
import { silentMetrics } from '../src/telemetry/metrics.ts'

/** One worker and its service over one file, as they stand in the agents' thread. */
export interface BenchRuntime extends AsyncDisposable {
  readonly store: Store
  readonly service: Service
  readonly worker: Worker
}

/** Opens the runtime on a store. */
export async function openRuntime(options: {
  /** It is closed with the runtime. */
  readonly store: Store
  readonly agents: readonly AgentDefinition[]
  /** Programs on the engine itself, beside those of the agents. */
  readonly programs?: readonly Program[]
  readonly maxConcurrent: number
  readonly models?: ModelsConfig
}): Promise<BenchRuntime> {
  const clock = systemClock()
  const random = systemRandom()
  const ids = createIds(clock, random)
  const log = createLog({ level: 'warn', format: 'pretty' })
  const { store } = options
  const agents = new Map(
    options.agents.map((definition) => [definition.name, { definition, release: 'bench', file: '' }]),
  )
  const own = options.programs ?? []
  const made = createPrograms(agents, {
    tools: noToolServers,
    models: createModels(options.models ?? {}, { env: {}, cwd: '.', clock, log, metrics: silentMetrics }),
    clock,
    random,
    toolTimeout: 60_000,
    drain: 60_000,
  })
  const programs = new Map([...made, ...own.map((program) => [program.name, program] as const)])
  const worker = createWorker({
    ...{ id: ids.worker(), store, programs, clock, random, ids, log, metrics: silentMetrics },
    settings: {
      maxConcurrent: options.maxConcurrent,
      drainTimeout: 60_000,
      suspendAfter: 100,
      maxJournalBytes: 2 ** 30,
      heartbeat: 15_000,
    },
    transients: createTransients(),
  })
  await worker.start()
  const catalogue = [...[...agents.values()].map(agentInfo), ...own.map(infoOf)]
  const service = createService({ store, agents: () => catalogue, ids, clock, log, metrics: silentMetrics, worker })
  return {
    ...{ store, service, worker },
    async [Symbol.asyncDispose]() {
      await worker.stop({ timeout: 5000 })
      await store.close()
    },
  }
}

function infoOf({ name, release, limits }: Program): AgentInfo {
  return { ...{ name, release, limits, description: name, input: {}, output: {} }, session: 'enqueue' }
}
