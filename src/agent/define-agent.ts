import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Duration } from '../core/duration.ts'
import type { ReasoningEffort } from '../core/model.ts'
import type { SessionPolicy } from '../core/run.ts'
import { type BudgetOptions, checkBudgets } from './budget.ts'
import { checkAgent } from './check-agent.ts'
import type { Context } from './context.ts'
import { DEFAULT_TURNS, type Loop } from './loop/loop.ts'
import type { LoopTool } from './loop/loop-tool.ts'
import { PROMPT, type Prompt } from './loop/prompt.ts'

/** Limits of an agent's runs; each absent one does not limit. */
export interface LimitOptions {
  /** Runs of this agent at once, over all workers. */
  readonly concurrency?: number
  /** From submit to end, waits included. */
  readonly duration?: Duration
  /** Operations of one run. */
  readonly steps?: number
  /** A step's time where it sets none itself. */
  readonly stepTimeout?: Duration
  /** Tokens that one run may use, prompts and answers, the runs below it included. */
  readonly tokens?: number
  /** US dollars that one run may cost, the runs below it included. */
  readonly cost?: number
}

/** A defined agent. Made by `defineAgent`; frozen. */
export interface AgentDefinition<I = unknown, O = unknown, S = unknown> {
  readonly kind: 'agent'
  readonly name: string
  readonly description: string
  readonly input: StandardSchemaV1<unknown, I> | undefined
  readonly output: StandardSchemaV1<unknown, O> | undefined
  readonly state: StandardSchemaV1<unknown, S> | undefined
  readonly session: SessionPolicy
  readonly limits: LimitOptions
  readonly budget: BudgetOptions
  /** How a model leads it; undefined in an agent that code leads. */
  readonly loop: Loop | undefined
  // A method, so that an agent of any types is an AgentDefinition.
  run?(context: Context<S>, input: I): Promise<unknown>
}

interface CommonOptions<I extends StandardSchemaV1, O extends StandardSchemaV1> {
  /** Lower-case letters, digits and dashes, beginning with a letter. */
  readonly name: string
  /** For people, and for models that get the agent as a tool. */
  readonly description?: string
  /** Any Standard Schema, zod for one; checked when a run is submitted. */
  readonly input?: I
  /** Checked before the run completes. */
  readonly output?: O
  readonly limits?: LimitOptions
  /** What the runs of a session, or of a day, may use and cost together, and what happens when a budget is used up. */
  readonly budget?: BudgetOptions
}

/** An agent that code leads. */
export interface AgentOptions<I extends StandardSchemaV1, O extends StandardSchemaV1, S extends StandardSchemaV1>
  extends CommonOptions<I, O> {
  readonly session?: { readonly state?: S; readonly concurrency?: SessionPolicy }
  readonly run: (
    context: Context<StandardSchemaV1.InferOutput<S>>,
    input: StandardSchemaV1.InferOutput<I>,
  ) => Promise<StandardSchemaV1.InferInput<O>>
  readonly model?: never
}

/** An agent that a model leads: it is asked, the tools that it calls are called, and so on until it answers. */
export interface ModelAgentOptions<I extends StandardSchemaV1, O extends StandardSchemaV1> extends CommonOptions<I, O> {
  /** `provider/model`, or an alias of the project file; of several, the next is asked where one cannot answer. */
  readonly model: string | readonly string[]
  /** A text, `{ file }` within the project, or a function of the input whose answer is recorded. */
  readonly instructions?: string | { readonly file: string } | InstructionsOf<StandardSchemaV1.InferOutput<I>>
  readonly tools?: readonly LoopTool[]
  readonly limits?: LoopLimitOptions
  /** Of one answer. Default: what the model allows. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly reasoning?: ReasoningEffort
  /** Whether answers are streamed to those who watch. Default: true; false for a provider that cannot. */
  readonly stream?: boolean
  /** In a session the conversation is kept, and a run goes on where the last one ended. */
  readonly session?: { readonly concurrency?: SessionPolicy }
  readonly run?: never
}

/** Limits of an agent that a model leads. */
export interface LoopLimitOptions extends LimitOptions {
  /** Calls of the model in one run. Default: 50. */
  readonly turns?: number
}

type InstructionsOf<I> = (input: I) => string | Promise<string>

/**
 * Defines an agent: a name, what goes in and out, and the code, or the model, that leads it.
 *
 * @throws PolisError INVALID_CONFIG naming the option.
 */
export function defineAgent<
  I extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
  O extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
  S extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
>(
  options: AgentOptions<I, O, S>,
): AgentDefinition<StandardSchemaV1.InferInput<I>, StandardSchemaV1.InferOutput<O>, StandardSchemaV1.InferOutput<S>>
export function defineAgent<
  I extends StandardSchemaV1 = StandardSchemaV1<Prompt, Prompt>,
  O extends StandardSchemaV1 = StandardSchemaV1<string, string>,
>(
  options: ModelAgentOptions<I, O>,
): AgentDefinition<StandardSchemaV1.InferInput<I>, StandardSchemaV1.InferOutput<O>, unknown>
export function defineAgent(options: AnyOptions): AgentDefinition {
  checkAgent(options)
  checkBudgets(options)
  const { name, description = '', session, limits = {}, budget = {} } = options
  const common = { name, description, session: session?.concurrency ?? 'enqueue', limits, budget } as const
  if (options.model !== undefined) {
    const { input = PROMPT, output } = options
    return Object.freeze({ kind: 'agent', ...common, input, output, state: undefined, loop: toLoop(options) })
  }
  const { input, output, run } = options
  const state = options.session?.state
  return Object.freeze({ kind: 'agent', ...common, input, output, state, loop: undefined, run })
}

type AnyOptions =
  | AgentOptions<StandardSchemaV1, StandardSchemaV1, StandardSchemaV1>
  | ModelAgentOptions<StandardSchemaV1, StandardSchemaV1>

function toLoop(options: ModelAgentOptions<StandardSchemaV1, StandardSchemaV1>): Loop {
  const {
    model,
    instructions = '',
    tools = [],
    limits = {},
    maxOutputTokens,
    temperature,
    reasoning,
    stream = true,
  } = options
  return Object.freeze({
    model: typeof model === 'string' ? [model] : model,
    instructions,
    tools,
    turns: limits.turns ?? DEFAULT_TURNS,
    stream,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoning === undefined ? {} : { reasoning }),
  })
}
