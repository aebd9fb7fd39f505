import type { ModelTool } from '../../core/model.ts'
import type { Scope } from '../../engine/scope.ts'
import type { Approval } from '../tool.ts'
import type { ToolOutput } from './tool-output.ts'

/** A tool as a running loop offers it to its model. */
export interface OfferedTool extends ModelTool {
  readonly approval: Approval
  /** The arguments as the tool takes them; INVALID_INPUT for those that do not fit, by the tool's own schema. */
  check(args: unknown): unknown
  /** Calls it as a step, or a child run, of the scope, with arguments that were checked. */
  call(scope: Scope, args: unknown): Promise<ToolOutput>
}
