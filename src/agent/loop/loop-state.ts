import type { ModelMessage, ModelResult, ToolResultPart } from '../../core/model.ts'
import type { ListedTool } from './listed-tool.ts'
import { extendHash, hashAll } from './message.ts'
import type { Repeats } from './repetition.ts'

/** Where a loop stands: plain JSON, and all that a snapshot needs to go on. */
export interface LoopState {
  readonly messages: readonly ModelMessage[]
  /** Running hash of the messages. */
  readonly hash: string
  /** Calls of the model so far; those that compacted the history do not count. */
  readonly turns: number
  /** What instructions made by a function came to. */
  readonly instructions?: string
  /** Tools of MCP servers and other agents, as they were when the run began. */
  readonly tools: readonly ListedTool[]
  readonly repeats: Repeats
  /** An answer of the wrong form was given back once. */
  readonly repaired: boolean
  /** The model's last answer ended at its maximum of tokens. */
  readonly isCutOff: boolean
  /** A budget was used up, and the cheaper model took over. */
  readonly cheaper: boolean
  /** What is known of the prompt's size: tokens of the first so many messages, by the provider's word. */
  readonly counted?: { readonly messages: number; readonly tokens: number }
  /** Bytes: of the messages, and of what the journal has grown by since the last snapshot, roughly. */
  readonly size: { readonly state: number; readonly journal: number }
}

/** What entries weigh beside the messages that they record, at the least: of an answer, of a tool's result, of a snapshot. */
const ANSWER_BYTES = 180
const RESULT_BYTES = 20
const SNAPSHOT_BYTES = 400

/** A loop that has not begun. */
export function startState(
  begin: Pick<LoopState, 'messages' | 'tools'> & { readonly instructions?: string | undefined },
): LoopState {
  const { messages, tools, instructions } = begin
  return {
    messages,
    hash: hashAll(messages),
    turns: 0,
    ...(instructions === undefined ? {} : { instructions }),
    tools,
    repeats: { counts: {}, warned: false },
    repaired: false,
    isCutOff: false,
    cheaper: false,
    size: { state: sizeOf(messages) + sizeOf(tools), journal: 0 },
  }
}

/** The model answered. */
export function withAnswer(state: LoopState, { content, usage, finish }: ModelResult): LoopState {
  const asked = { ...state, turns: state.turns + 1, isCutOff: finish === 'length' }
  const next = withMessage(asked, { role: 'assistant', content }, ANSWER_BYTES)
  // A provider that counts nothing says 0.
  if (usage.input === 0) return next
  return { ...next, counted: { messages: next.messages.length, tokens: usage.input + usage.output } }
}

/** The tools that it called did. */
export function withResults(state: LoopState, content: readonly ToolResultPart[]): LoopState {
  return withMessage(state, { role: 'tool', content }, RESULT_BYTES * content.length)
}

/** A message that is recorded nowhere, since it follows from what is. */
export function withMessage(state: LoopState, message: ModelMessage, entries = 0): LoopState {
  const bytes = sizeOf(message)
  return {
    ...state,
    messages: [...state.messages, message],
    hash: extendHash(state.hash, message),
    size: {
      state: state.size.state + bytes,
      journal: state.size.journal + (entries === 0 ? 0 : bytes + entries),
    },
  }
}

/** The history was replaced by a shorter one. */
export function withHistory(state: LoopState, messages: readonly ModelMessage[]): LoopState {
  const { counted: _, ...rest } = state
  const bytes = sizeOf(messages)
  return {
    ...rest,
    messages,
    hash: hashAll(messages),
    size: { state: bytes + sizeOf(state.tools), journal: state.size.journal + sizeOf(messages[0]) + ANSWER_BYTES },
  }
}

/** Whether a snapshot is worth its place: all snapshots together are never larger than the journal. */
export function isSnapshotDue({ size }: LoopState): boolean {
  return size.journal >= size.state + SNAPSHOT_BYTES
}

/** A snapshot was taken: the journal counts anew. */
export function withSnapshot(state: LoopState): LoopState {
  return { ...state, size: { ...state.size, journal: 0 } }
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0
}
