import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Duration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import { isName } from '../core/id.ts'
import type { SessionPolicy } from '../core/run.ts'
import { type BudgetOptions, checkBudgets } from './budget.ts'
import type { Context } from './context.ts'

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
  // A method, so that an agent of any types is an AgentDefinition.
  run(context: Context<S>, input: I): Promise<unknown>
}

export interface AgentOptions<I extends StandardSchemaV1, O extends StandardSchemaV1, S extends StandardSchemaV1> {
  /** Lower-case letters, digits and dashes, beginning with a letter. */
  readonly name: string
  readonly description?: string
  /** Any Standard Schema, zod for one; checked when a run is submitted. */
  readonly input?: I
  /** Checked before the run completes. */
  readonly output?: O
  readonly session?: { readonly state?: S; readonly concurrency?: SessionPolicy }
  readonly limits?: LimitOptions
  /** What the runs of a session, or of a day, may use and cost together, and what happens when a budget is used up. */
  readonly budget?: BudgetOptions
  readonly run: (
    context: Context<StandardSchemaV1.InferOutput<S>>,
    input: StandardSchemaV1.InferOutput<I>,
  ) => Promise<StandardSchemaV1.InferInput<O>>
}

/**
 * Defines an agent: a name, what goes in and out, and the code that runs.
 *
 * @throws PolisError INVALID_CONFIG naming the option.
 */
export function defineAgent<
  I extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
  O extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
  S extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
>(
  options: AgentOptions<I, O, S>,
): AgentDefinition<StandardSchemaV1.InferInput<I>, StandardSchemaV1.InferOutput<O>, StandardSchemaV1.InferOutput<S>> {
  check(options)
  checkBudgets(options)
  return Object.freeze({
    kind: 'agent',
    name: options.name,
    description: options.description ?? '',
    input: options.input as never,
    output: options.output as never,
    state: options.session?.state as never,
    session: options.session?.concurrency ?? 'enqueue',
    limits: options.limits ?? {},
    budget: options.budget ?? {},
    run: options.run as never,
  })
}

function check(options: { readonly name: unknown; readonly run: unknown }): void {
  if (typeof options !== 'object' || options === null) {
    throw new PolisError('INVALID_CONFIG', `defineAgent: expected an object of options, got ${typeof options}`)
  }
  if (typeof options.name !== 'string' || !isName(options.name)) {
    throw new PolisError(
      'INVALID_CONFIG',
      `defineAgent: option name: expected lower-case letters, digits and dashes, beginning with a letter, got ${JSON.stringify(options.name)}`,
    )
  }
  if (typeof options.run !== 'function') {
    throw new PolisError(
      'INVALID_CONFIG',
      `defineAgent ${options.name}: option run: expected an async function, got ${typeof options.run}`,
    )
  }
}
