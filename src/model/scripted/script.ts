import { PolisError } from '../../core/error.ts'
import type { ModelMessage, ToolResultPart } from '../../core/model.ts'
import type { TokenUsage } from '../../core/usage.ts'

/** A call of a tool that a script makes. */
export interface ScriptedCall {
  readonly tool: string
  readonly input?: unknown
}

/** What a scripted model sees of the conversation. */
export interface ScriptTurn {
  /** The name behind the provider's: of `demo/triage` it is `triage`. */
  readonly model: string
  /** The agent that asks, where the caller says so. */
  readonly agent: string | undefined
  readonly instructions: string
  readonly messages: readonly ModelMessage[]
  /** Text of the last message of the user. */
  readonly text: string
  /** How often the model has answered since then: 0 at first. */
  readonly turn: number
  /** Results of tools since then, in their order. */
  readonly results: readonly ToolResultPart[]
  /** Names of the tools that may be called. */
  readonly tools: readonly string[]
  /** Name of the structured output that is asked for. */
  readonly output: string | undefined
  /** What a tool answered last since the last message of the user. */
  result(tool: string): unknown
}

/** When a rule holds: all that is given must. */
export interface ScriptMatch {
  readonly model?: string
  readonly agent?: string
  /** In the last message of the user: contained, in any case, or matched. */
  readonly text?: string | RegExp
  readonly instructions?: string | RegExp
  readonly turn?: number
  /** Tools that have answered since the last message of the user. */
  readonly after?: readonly string[]
  /** Tools that have not. */
  readonly before?: readonly string[]
  /** Tools that can be called. */
  readonly tools?: readonly string[]
  /** Whether a structured output is asked for, or the one of this name. */
  readonly output?: boolean | string
}

/** How a scripted provider fails, to show and test what then happens. */
export interface ScriptedFault {
  readonly kind: 'rate-limit' | 'overloaded' | 'malformed' | 'cut' | 'slow' | 'refused' | 'rejected'
  /** Milliseconds, for `rate-limit` and `overloaded`. */
  readonly retryAfter?: number
  /** How many calls with the same key fail so before the rule answers; default: all. Counted in the process. */
  readonly times?: number
}

/** What is answered to a turn that a rule matches. A function is given the turn; it must be deterministic. */
export interface ScriptRule {
  readonly when?: ScriptMatch | ((turn: ScriptTurn) => boolean)
  /** Text of the answer. */
  readonly say?: string | ((turn: ScriptTurn) => string)
  /** Tools to call. */
  readonly call?: ScriptedCall | readonly ScriptedCall[] | ((turn: ScriptTurn) => readonly ScriptedCall[])
  /** A structured answer: a value, or a function of the turn. */
  readonly answer?: object | string | number | boolean | null | ((turn: ScriptTurn) => unknown)
  readonly reasoning?: string
  readonly finish?: 'length'
  readonly fault?: ScriptedFault
  /** Default: counted from the conversation, a token for four characters. */
  readonly usage?: Partial<TokenUsage>
}

/** A scripted model: the first rule that holds answers. */
export interface Script {
  readonly kind: 'script'
  readonly rules: readonly ScriptRule[]
}

/**
 * A script for a provider of kind `scripted`, which stands in for a model: for demonstrations, and for tests.
 *
 * Its answers depend on the conversation alone, so it needs no state and survives crashes like a model does. Whatever it says is
 * labelled as scripted, and costs nothing.
 */
export function defineScript(rules: readonly ScriptRule[]): Script {
  if (!Array.isArray(rules) || rules.length === 0 || rules.some((rule) => typeof rule !== 'object' || rule === null)) {
    throw new PolisError('INVALID_ARGUMENT', 'defineScript: expected a list of rules, each an object such as { say }')
  }
  return { kind: 'script', rules }
}
