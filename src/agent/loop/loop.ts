import type { ReasoningEffort } from '../../core/model.ts'
import type { LoopTool } from './loop-tool.ts'

/** What a model is told before the conversation: a text, a file of the project, or what a function makes of the input. */
export type Instructions = string | { readonly file: string } | InstructionFunction

// A method, so that a function of a narrower input fits.
type InstructionFunction = {
  call(input: unknown): string | Promise<string>
}['call']

/** How a model leads an agent, as its definition says it. */
export interface Loop {
  /** Models or aliases, in the order in which they are to be tried. */
  readonly model: readonly string[]
  readonly instructions: Instructions
  readonly tools: readonly LoopTool[]
  /** Model calls of one run. */
  readonly turns: number
  /** Whether answers are streamed to those who watch. */
  readonly stream: boolean
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly reasoning?: ReasoningEffort
}

/** Turns of a run whose agent sets no limit. */
export const DEFAULT_TURNS = 50
