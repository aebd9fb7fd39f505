/**
 * A bed for models under chaos: a real worker over a memory store, whose agent asks models through the real port, over real HTTP.
 *
 * Time is held still and moves only when no call is under way, or when the call under way is one that will never be answered: so waits for
 * retries take no time, and no timeout depends on how fast the machine is.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { spendOf } from '../../src/agent/spend.ts'
import type { CostRow } from '../../src/core/budget.ts'
import type { DecodedEntry } from '../../src/core/entry.ts'
import { createIds, DEFAULT_TENANT } from '../../src/core/id.ts'
import { manualClock } from '../../src/core/manual-clock.ts'
import type { ModelRequest, Models } from '../../src/core/model.ts'
import { seededRandom } from '../../src/core/random.ts'
import { hasEnded } from '../../src/core/run.ts'
import { createTransients } from '../../src/core/transient.ts'
import type { Program } from '../../src/engine/program.ts'
import type { Scope, StepTerms } from '../../src/engine/scope.ts'
import { createService } from '../../src/engine/service/create.ts'
import type { RunView } from '../../src/engine/service/service.ts'
import { createWorker } from '../../src/engine/worker/worker.ts'
import type { ModelsConfig } from '../../src/model/config.ts'
import { createModels } from '../../src/model/create-models.ts'
import { openMemoryStore } from '../../src/store/memory/open.ts'
import { memoryState } from '../../src/store/memory/state.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics.ts'

/** What the agent of the bed is to do: ask each model in turn until one answers. */
export interface Ask {
  readonly models: readonly string[]
  readonly text: string
  readonly streamed: boolean
}

/** How a run went. */
export interface Played {
  readonly view: RunView
  readonly entries: readonly DecodedEntry[]
  /** Pieces of answers, as they came. */
  readonly deltas: number
  /** What the ledger says of the run. */
  readonly cost: CostRow
}

export interface ModelBed extends AsyncDisposable {
  /** Plays one run; `hangs` says whether the call under way will never be answered. */
  play(ask: Ask, hangs?: () => boolean): Promise<Played>
}

const SETTINGS = {
  ...{ maxConcurrent: 10, drainTimeout: 600_000, suspendAfter: 3_600_000, maxJournalBytes: 1e8, heartbeat: 3_600_000 },
}
const STEP = 100
// Turns of the event loop in which a run of the matrix ends by far.
const LONGEST = 2_000_000
const PATIENT = {
  kind: 'model',
  effect: 'read',
  uncertain: 'retry',
  attempts: 3,
  delay: 1000,
  maxDelay: 60_000,
  factor: 2,
} as const

/** Opens a bed over the configured models. */
export async function openBed(config: ModelsConfig, env: Readonly<Record<string, string>>): Promise<ModelBed> {
  const clock = manualClock()
  const random = seededRandom(1)
  const ids = createIds(clock, random)
  const store = openMemoryStore({ clock, state: memoryState() })
  const base = { store, ids, clock, log: silentLog, metrics: silentMetrics }
  const transients = createTransients()
  let deltas = 0
  let calls = 0
  const real = createModels(config, { env, cwd: import.meta.dirname, ...base })
  const models: Models = {
    ...real,
    async call(request, options) {
      calls++
      return real.call(request, options).finally(() => calls--)
    },
  }
  const program: Program = {
    ...{ name: 'asker', release: 'r1', limits: {} },
    run: (scope, input) => askInTurn(models, scope, input as Ask, () => deltas++),
  }
  const info = { name: 'asker', description: '', release: 'r1', input: {}, output: {}, limits: {}, session: 'enqueue' }
  const service = createService({ ...base, agents: () => [info as never] })
  const worker = createWorker({
    ...base,
    id: ids.worker(),
    random,
    transients,
    settings: SETTINGS,
    programs: new Map([['asker', program]]),
  })
  await worker.start()
  const caller = { tenant: DEFAULT_TENANT }
  return {
    async play(ask, hangs = () => false) {
      deltas = 0
      const { run } = await service.submit(caller, { agent: 'asker', input: ask })
      for (let turns = 0; turns < LONGEST; turns++) {
        await turn()
        const view = await service.run(caller, run.run)
        if (view.status !== 'waiting-for-release' && hasEnded(view.status)) {
          const cost = await store.index.runCost(caller.tenant, run.run)
          return { view, entries: await service.entries(caller, run.run, 0, 1000), deltas, cost }
        }
        if (calls === 0 || hangs()) clock.advance(STEP)
      }
      throw new Error(`Run ${run.run} did not end`)
    },
    async [Symbol.asyncDispose]() {
      await worker.stop({ timeout: 0 })
      await models.close()
      await store.close()
    },
  }
}

async function askInTurn(models: Models, scope: Scope, { models: chain, text, streamed }: Ask, onDelta: () => void) {
  for (const [at, model] of chain.entries()) {
    const request: ModelRequest = {
      model,
      maxOutputTokens: 100,
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    }
    const terms: StepTerms = {
      ...PATIENT,
      ...{ jitter: true, timeout: 600_000, hash: undefined, spend: spendOf(models, request) },
    }
    try {
      return await scope.step(
        'model',
        ({ signal, key }) => models.call(request, { signal, key, ...(streamed ? { onDelta } : {}) }),
        terms,
      )
    } catch (reason) {
      if (at === chain.length - 1) throw reason
    }
  }
  throw new Error('There was no model to ask')
}
