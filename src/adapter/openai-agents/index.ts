/** What an author imports as `agentpolis/openai-agents`. */
export type { AdapterTerms, CallTerms } from '../adapter-terms.ts'
export { type OpenAiAgentTerms, runOpenAiAgent } from './run-agent.ts'
