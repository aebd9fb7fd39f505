import type { AgentInfo } from '../core/agent.ts'
import type { Clock } from '../core/clock.ts'
import type { Models } from '../core/model.ts'
import type { Random } from '../core/random.ts'
import type { ToolServers } from '../core/tool.ts'
import type { StepDefaults } from './step-terms.ts'

/** What the code of agents works with, beside its scope. */
export interface AgentDependencies {
  readonly tools: ToolServers
  readonly models: Models
  /** The agents of the project, by name. */
  readonly agents: ReadonlyMap<string, AgentInfo>
  readonly clock: Clock
  readonly random: Random
  readonly defaults: StepDefaults
}
