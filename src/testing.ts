/** What an agent's tests import. */

export { testAgent } from './agent/testing/test-agent.ts'
export type { TestAnswer, TestModels } from './agent/testing/test-models.ts'
export {
  type FakeTool,
  type FakeToolCall,
  type FakeTools,
  hang,
  type TestCrash,
  type TestMessage,
  type TestOptions,
  type TestQuestion,
} from './agent/testing/test-options.ts'
export type { TestRun, TestStep } from './agent/testing/test-run.ts'
export type { DecodedEntry } from './core/entry.ts'
export { defineScript, type Script, type ScriptRule, type ScriptTurn } from './model/scripted/script.ts'
