import type { Duration } from '../../core/duration.ts'
import type { Models } from '../../core/model.ts'
import type { QuestionOption } from '../../core/question.ts'
import type { InputGiven } from '../../core/server-question.ts'
import type { Effect } from '../../core/tool.ts'
import type { AgentDefinition } from '../define-agent.ts'
import type { TestModels } from './test-models.ts'

/** Given back by a fake tool, it means that the call never answers: time skips to whatever gives it up. */
export const hang: unique symbol = Symbol('hang')

/** How a fake tool is called beside its arguments. */
export interface FakeToolCall {
  /** Idempotency key, the same when the call is made again. */
  readonly key: string
  readonly signal: AbortSignal
  /** Answers to what it asked when it was called before, with an `InputRequired` as its result. */
  readonly given?: InputGiven
}

/** A fake's function. Its arguments may be declared as the type that the agent sends. */
type FakeFunction = {
  // A method, so that a function of narrower arguments fits.
  call(args: unknown, call: FakeToolCall): unknown
}['call']

/**
 * A tool as a test plays it: a function, or one with the effect that the project or the server would declare (`once` unless said).
 *
 * A resource is faked under its URI, a prompt under its name. It answers a text, a `ToolResult`, any other JSON as structured result, or `hang`. What it throws fails the call with TOOL_FAILED; a
 * PolisError passes as it is.
 */
export type FakeTool = FakeFunction | { readonly effect?: Effect; readonly call: FakeFunction }

/** Fakes by server and tool. */
export type FakeTools = Readonly<Record<string, Readonly<Record<string, FakeTool>>>>

/** A question as the one who answers it sees it. */
export interface TestQuestion {
  /** The asking operation: `ask`, `branch/ask#2`, or `call>ask` for one of a child run. */
  readonly id: string
  readonly agent: string
  readonly question: string
  readonly schema: unknown
  readonly about?: unknown
  readonly options?: readonly QuestionOption[]
  readonly assignee?: string
}

/** A message to the run, sent `after` so long (default: at once). */
export interface TestMessage {
  readonly name: string
  readonly data?: unknown
  readonly after?: Duration
}

/**
 * Where the process dies, once. Ids are those of `TestRun.steps`.
 *
 * `before`: as the step is about to be called. `during`: it has happened, and its record is lost. `after`: right after it was recorded.
 * `everyStep`: once at each of these points and at every other commit, each in a run of its own, which has to come to the same end.
 */
export type TestCrash =
  | { readonly before: string }
  | { readonly during: string }
  | { readonly after: string }
  | { readonly everyStep: true }

/** How an agent is tested. */
export interface TestOptions<I = unknown> {
  readonly input: I
  /** Other agents that it calls. */
  readonly agents?: readonly AgentDefinition[]
  /** What MCP tools answer. Give a function where fakes keep state: each run of the test then has its own. */
  readonly tools?: FakeTools | (() => FakeTools)
  /** What models answer: without it, a call of a model fails. */
  readonly models?: TestModels | Models
  /**
   * Answers to questions by id, or by name, which is the id's last part; a function is called with the question. Undefined leaves the
   * question open: time skips to its timeout.
   */
  readonly answers?: Readonly<Record<string, unknown>> | ((question: TestQuestion) => unknown)
  readonly messages?: readonly TestMessage[]
  /** The project's folder, where files of instructions are. Default: the current directory. */
  readonly dir?: string
  /** Runs it in a session; `state` is what earlier runs left there. */
  readonly session?: { readonly id?: string; readonly state?: unknown }
  readonly crash?: TestCrash
  /** When it begins, in ms since the epoch. Default: 2026-01-01T00:00:00Z. */
  readonly now?: number
  /** Decides ids, random numbers and jitter. Default: 1. */
  readonly seed?: number
  /** Real time that one run may take. Default: 10 s. */
  readonly timeout?: Duration
}
