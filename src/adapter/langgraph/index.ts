/** What an author imports as `agentpolis/langgraph`. */
export type { AdapterTerms, CallTerms } from '../adapter-terms.ts'
export { type AnyGraph, type LangGraphTerms, runLangGraph } from './run-graph.ts'
