import type { AgentInfo } from '../../core/agent.ts'
import { hash } from '../../core/json.ts'
import { type ManualClock, manualClock } from '../../core/manual-clock.ts'
import type { Models } from '../../core/model.ts'
import { type Random, seededRandom } from '../../core/random.ts'
import { type MemoryState, memoryState } from '../../store/memory/state.ts'
import type { LoadedAgent } from '../project.ts'
import type { Moment } from './moment.ts'
import { createRunPaths, type RunPaths } from './run-path.ts'
import { createTestModels, type TestModels } from './test-models.ts'
import type { FakeTools } from './test-options.ts'

/** What became of the calls of a step's function. */
export interface Calls {
  count: number
  /** Of the last one. */
  last: { readonly kind: 'called' | 'threw' } | { readonly kind: 'returned'; readonly output: unknown }
}

/** What outlives the processes of one test: time, the store's data, and what really happened. */
export interface World {
  readonly agents: ReadonlyMap<string, LoadedAgent>
  readonly catalogue: readonly AgentInfo[]
  readonly fakes: FakeTools
  readonly models: Models
  readonly clock: ManualClock
  readonly state: MemoryState
  readonly paths: RunPaths
  /** By the step's id, over all processes. */
  readonly calls: Map<string, Calls>
  /** A generator for one place; the same for every world of the seed. */
  readonly randomAt: (place: string) => Random
  /** Whether the process dies at this moment. */
  readonly dies: (moment: Moment) => boolean
  crashes: number
  skipped: number
}

/** What a world begins with. */
export interface WorldOptions {
  readonly agents: ReadonlyMap<string, LoadedAgent>
  readonly catalogue: readonly AgentInfo[]
  readonly fakes: FakeTools
  readonly models: TestModels | Models | undefined
  readonly now: number | undefined
  readonly seed: number
  readonly dies: (moment: Moment) => boolean
}

/** A world in which nothing has happened. */
export function createWorld({ agents, catalogue, fakes, models, now, seed, dies }: WorldOptions): World {
  const clock = manualClock(now)
  return {
    agents,
    catalogue,
    fakes,
    models: createTestModels(models, clock),
    clock,
    state: memoryState(),
    paths: createRunPaths(),
    calls: new Map(),
    randomAt: (place) => seededRandom(Number.parseInt(hash({ seed, place }).slice(0, 8), 16)),
    dies,
    crashes: 0,
    skipped: 0,
  }
}
