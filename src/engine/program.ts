import type { AgentLimits } from '../core/agent.ts'
import type { AgentBudgets } from '../core/budget.ts'
import type { Scope } from './scope.ts'

/** An agent as the engine executes it: a name, the release that it is, and what to do with an input. */
export interface Program {
  readonly name: string
  readonly release: string
  readonly limits: AgentLimits
  /** What its model calls may take (G8); absent: nothing limits them but the runs above. */
  readonly budgets?: AgentBudgets
  /** Called once per residence of a run in memory: fresh, or to be replayed. */
  run(scope: Scope, input: unknown): Promise<unknown>
}
