import {
  Agent,
  type AgentInputItem,
  type NonStreamRunOptions,
  Runner,
  type RunResult,
  type RunState,
  type run,
} from '@openai/agents'
import type { Context } from '../../agent/context.ts'
import { PolisError } from '../../core/error.ts'
import type { AdapterTerms } from '../adapter-terms.ts'
import { askApprovals } from '../approval.ts'
import { runAt } from '../place.ts'
import { runDurable } from './instrument.ts'

/** Terms of the run, and what the SDK's own `run` takes. */
export interface OpenAiAgentTerms<C> extends AdapterTerms {
  /** Default: `new Runner()`. */
  readonly runner?: Runner
  /** Handed to the runner: `context`, `maxTurns`, and so on. */
  readonly options?: NonStreamRunOptions<C>
}

// Of any context and output, as the SDK itself says it.
type AnyAgent = Parameters<typeof run>[0]
type Result<A extends AnyAgent> = RunResult<undefined, A>

/**
 * Runs an agent of the OpenAI Agents SDK as it is inside a durable run: its model and tool calls become steps, also those of agents
 * that it hands off to or uses as tools; tools that need approval become questions to a human.
 *
 * @throws PolisError INVALID_ARGUMENT for anything that is not an Agent of the copy of `@openai/agents` that this package finds.
 */
export async function runOpenAiAgent<A extends AnyAgent, C = undefined>(
  context: Context,
  agent: A,
  input: string | AgentInputItem[],
  { runner = new Runner(), options, ...terms }: OpenAiAgentTerms<C> = {},
): Promise<Result<A>> {
  assertAgent(agent)
  const go = (next: unknown) =>
    runAt({ context, terms }, () => runDurable.call(runner, agent as never, next as never, options as never)) as unknown
  let result = (await go(input)) as Result<A>
  while (result.interruptions.length > 0) {
    await decide(context, result.state, result.interruptions, terms)
    result = (await go(result.state)) as Result<A>
  }
  return result
}

async function decide<A extends AnyAgent>(
  context: Context,
  state: RunState<undefined, A>,
  interruptions: Result<A>['interruptions'],
  terms: AdapterTerms,
): Promise<void> {
  const answers = await askApprovals(
    context,
    interruptions.map((item) => ({ tool: item.name ?? item.rawItem.type, args: parse(item.arguments) })),
    terms,
  )
  for (const [at, item] of interruptions.entries()) {
    const answer = answers[at]
    if (answer?.isApproved) state.approve(item)
    else state.reject(item, answer?.comment === undefined ? {} : { message: answer.comment })
  }
}

// For people to read: JSON where it is some, else the text.
function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

function assertAgent(agent: unknown): void {
  if (agent instanceof Agent) return
  throw new PolisError(
    'INVALID_ARGUMENT',
    'runOpenAiAgent: expected an Agent of @openai/agents. If it is one, there are two copies of that package: "npm ls @openai/agents" shows them, "npm dedupe" may mend it',
  )
}
