import type { AgentInfo } from '../core/agent.ts'
import { EVAL_AGENT, EVALS_AGENT } from '../core/eval.ts'

/** The release of the runtime's own agents: their code comes with it, and not from the project. */
export const SYSTEM_RELEASE = 'system'

/** Agents of the runtime that commands may start runs of. They are in no catalogue: no list of agents shows them. */
export const SYSTEM_AGENTS: readonly AgentInfo[] = [
  infoOf(EVALS_AGENT, 'Evaluates agents: each eval is a child run.'),
  infoOf(EVAL_AGENT, 'Runs the cases of one eval, and scores them.'),
]

function infoOf(name: string, description: string): AgentInfo {
  return { name, description, release: SYSTEM_RELEASE, input: {}, output: {}, limits: {}, session: 'enqueue' }
}
