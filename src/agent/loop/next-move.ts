import type { ToolCallPart } from '../../core/model.ts'
import type { LoopState } from './loop-state.ts'
import { callsOf, textOf } from './message.ts'

/** What a loop does next. */
export type Move =
  | { readonly kind: 'ask-model' }
  | { readonly kind: 'call-tools'; readonly calls: readonly ToolCallPart[] }
  | { readonly kind: 'finish'; readonly text: string }
  | { readonly kind: 'out-of-turns' }

/** Decides what a loop does next from its last message. Pure, so that a resumed run goes on as the first would have. */
export function nextMove({ messages, turns }: LoopState, limit: number): Move {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return turns >= limit ? { kind: 'out-of-turns' } : { kind: 'ask-model' }
  const calls = callsOf(last.content)
  return calls.length > 0 ? { kind: 'call-tools', calls } : { kind: 'finish', text: textOf(last.content) }
}
