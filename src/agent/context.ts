import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Duration } from '../core/duration.ts'
import type { QuestionOption } from '../core/question.ts'
import type { PromptResult, ResourceResult, ToolResult } from '../core/tool.ts'
import type { Generate } from './generate.ts'
import type { StepContext, StepOptions } from './step-options.ts'

/** An agent as another one calls it: every definition is one. */
export interface Callable<I, O> {
  readonly name: string
  readonly input: StandardSchemaV1<unknown, I> | undefined
  readonly output: StandardSchemaV1<unknown, O> | undefined
}

export interface ToolOptions extends Omit<StepOptions, 'input'> {
  /** The step's name; default `server.tool`. */
  readonly name?: string
  /**
   * How long a human may take over what the server asks. Default: the setting `mcp.question_timeout` where the server holds its request
   * open meanwhile, else for ever. Then the server is told that there is no answer.
   */
  readonly questionTimeout?: Duration
}

export interface AskOptions {
  /** Shown with the question: what is to be approved, say. */
  readonly about?: unknown
  /** After it `otherwise` is taken, or the ask throws TIMEOUT. Default: waits for ever. */
  readonly timeout?: Duration
  readonly name?: string
  /** Who should answer, a person or a group: shown and filtered by, not enforced. */
  readonly assignee?: string
  /** Answers to choose from, each of which fits the schema; another answer that fits is taken as well. */
  readonly options?: readonly QuestionOption[]
  /** The answer when nobody gave one in time; the journal says that it was the deadline's. */
  readonly otherwise?: { readonly answer: unknown }
}

/** The typed state that the runs of a session hand on. Without a session nothing is kept: `get` answers what an empty session would. */
export interface Session<S> {
  readonly id: string | undefined
  get(): Promise<S>
  set(state: S): Promise<void>
  /** Names the conversation in lists: 1 to 200 characters. A title that a person gave stays. */
  title(text: string): Promise<void>
}

/** Bytes of the tenant: kept as long as the run that stored them. */
export interface Blobs {
  put(bytes: Uint8Array | string, info?: { readonly name?: string; readonly mediaType?: string }): Promise<StoredBlob>
  /** NOT_FOUND when there are none. */
  read(hash: string): Promise<Uint8Array>
}

/** Bytes that are stored. */
export interface StoredBlob {
  /** SHA-256, lower-case hexadecimal: what an attachment names. */
  readonly hash: string
  readonly size: number
}

type Branch<T, S> = (context: Context<S>) => Promise<T>
type Results<B> = { -readonly [K in keyof B]: B[K] extends Branch<infer T, never> ? T : never }

/**
 * What an agent's code sees. Everything that is not deterministic goes through it: each call is an operation that is
 * recorded once and handed out again, in the same order, when the run is replayed.
 */
export interface Context<S = unknown> {
  readonly run: string
  readonly tenant: string
  readonly agent: string
  /** Aborts when the run is cancelled; cleanup steps still run for 30 s. */
  readonly abortSignal: AbortSignal
  readonly session: Session<S>
  /** Runs the function, records what it returns, and never runs it again once recorded (G3). */
  step<T>(name: string, fn: (step: StepContext) => T | Promise<T>, options?: StepOptions): Promise<T>
  /** Calls a tool of a configured MCP server, as a step with the tool's declared effect. */
  tool(server: string, tool: string, args?: unknown, options?: ToolOptions): Promise<ToolResult>
  /** Calls a model, as a step: one request, with what it cost; its answer is streamed to those who watch. */
  readonly generate: Generate
  /** Reads what a configured MCP server holds under a URI, as a step of effect `read`. */
  resource(server: string, uri: string, options?: ToolOptions): Promise<ResourceResult>
  /** Fills in a prompt of a configured MCP server, as a step of effect `read`. */
  prompt(
    server: string,
    name: string,
    args?: Readonly<Record<string, string>>,
    options?: ToolOptions,
  ): Promise<PromptResult>
  /** Runs another agent as a child run and waits for its output. */
  call<I, O>(
    agent: Callable<I, O> | string,
    input: I,
    options?: { readonly name?: string; readonly tags?: Record<string, string> },
  ): Promise<O>
  /** From milliseconds to months; a long sleep holds no memory (G5). */
  sleep(duration: Duration): Promise<void>
  /** Waits for a human's answer. */
  ask<Q extends StandardSchemaV1>(
    question: string,
    schema: Q,
    options?: AskOptions,
  ): Promise<StandardSchemaV1.InferOutput<Q>>
  /** Waits for a message sent to this run under a name. */
  receive<Q extends StandardSchemaV1>(
    name: string,
    schema: Q,
    options?: { readonly timeout?: Duration },
  ): Promise<StandardSchemaV1.InferOutput<Q>>
  /** A named scope of its own for work in parallel. */
  branch<T>(name: string, fn: Branch<T, S>): Promise<T>
  /** All branches at once; the first failure cancels the others. Give an object for named scopes, or an array. */
  all<B extends Readonly<Record<string, Branch<unknown, S>>> | readonly Branch<unknown, S>[]>(
    branches: B,
  ): Promise<Results<B>>
  /** The first branch to settle decides; the others are cancelled. */
  race<B extends Readonly<Record<string, Branch<unknown, S>>>>(
    branches: B,
  ): Promise<{ [K in keyof B]: { readonly winner: K; readonly value: Awaited<ReturnType<B[K]>> } }[keyof B]>
  /** A durable event in the run's journal and stream. */
  emit(name: string, data?: unknown): Promise<void>
  /** Milliseconds since the epoch, recorded. */
  now(): number
  /** 0 ≤ n < 1, recorded. */
  random(): number
  /** A version 4 UUID, recorded. */
  uuid(): string
  /** Bytes, by their hash. Call these within steps, and hand hashes around. */
  readonly blob: Blobs
  /** Ends this run and goes on in a fresh one with a fresh journal. Never returns. */
  continueAs(input: unknown): Promise<never>
}
