/** What an author imports as `agentpolis/ai-sdk`. */
export type { AdapterTerms, CallTerms } from '../adapter-terms.ts'
export type { AnyAgent } from './durable-agent.ts'
export { durableModel } from './durable-model.ts'
export { durableTools } from './durable-tools.ts'
export { type AiSdkResult, runAiSdkAgent } from './run-agent.ts'
