/** What an agent's author imports. */
export type {
  AskOptions,
  Context,
  RetryPolicy,
  Session,
  StepContext,
  StepOptions,
  ToolOptions,
} from './agent/context.ts'
export { type AgentDefinition, type AgentOptions, defineAgent, type LimitOptions } from './agent/define-agent.ts'
export { type ConfigOptions, defineConfig } from './agent/define-config.ts'
export type { Duration } from './core/duration.ts'
export { type ErrorCode, PolisError } from './core/error.ts'
export type { Effect, ToolResult } from './core/tool.ts'
