import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ModelRequest } from '../../core/model.ts'
import type { Scope } from '../../engine/scope.ts'
import type { BudgetOptions } from '../budget.ts'
import type { AgentDependencies } from '../dependencies.ts'
import type { Loop } from './loop.ts'
import type { OfferedTool } from './offered-tool.ts'
import type { ToolSources } from './tool-source.ts'

/** An agent that a model leads, ready to run: its names resolved, its files read. */
export interface LoopProgram {
  readonly dependencies: AgentDependencies
  readonly agent: string
  readonly loop: Loop
  readonly output: StandardSchemaV1 | undefined
  readonly budget: BudgetOptions
  /** Models by their own names, in the order in which they are tried; and the one that takes over when a budget is used up. */
  readonly chain: readonly string[]
  readonly cheaper: readonly string[]
  readonly sources: ToolSources
  /** Undefined: a function makes them for each run. */
  readonly instructions: string | undefined
}

/** A run of it. */
export interface LoopRun extends LoopProgram {
  readonly scope: Scope
  readonly tools: ReadonlyMap<string, OfferedTool>
  /** What all requests of the run have in common, and the hash of it. */
  readonly fixed: Omit<ModelRequest, 'model' | 'messages'>
  readonly fixedHash: string
}
