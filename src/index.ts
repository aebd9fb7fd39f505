/** What an agent's author imports. */
export type {
  AskOptions,
  Blobs,
  Context,
  Session,
  StoredBlob,
  ToolOptions,
} from './agent/context.ts'
export {
  type AgentDefinition,
  type AgentOptions,
  defineAgent,
  type LimitOptions,
  type LoopLimitOptions,
  type ModelAgentOptions,
} from './agent/define-agent.ts'
export { type ConfigOptions, defineConfig } from './agent/define-config.ts'
export type { Generate, Generated, GenerateOptions } from './agent/generate.ts'
export type { AgentTool, LoopTool } from './agent/loop/loop-tool.ts'
export type { Prompt } from './agent/loop/prompt.ts'
export { type McpTools, type McpToolsOptions, mcp } from './agent/mcp-tools.ts'
export type { RetryPolicy, StepContext, StepOptions } from './agent/step-options.ts'
export {
  type Approval,
  type ApprovalContext,
  type Tool,
  type ToolCaller,
  type ToolContext,
  type ToolSpec,
  tool,
} from './agent/tool.ts'
export type { Duration } from './core/duration.ts'
export { type ErrorCode, PolisError } from './core/error.ts'
export type { Attachment } from './core/message.ts'
export type { OptionStyle, QuestionOption } from './core/question.ts'
export type { Effect, PromptResult, ResourceResult, ToolResult } from './core/tool.ts'
export { defineScript, type Script, type ScriptRule, type ScriptTurn } from './model/scripted/script.ts'
