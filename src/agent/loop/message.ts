import { hash } from '../../core/json.ts'
import type { AssistantPart, ModelMessage, ToolCallPart } from '../../core/model.ts'

/** A user's text as a message. */
export function userText(text: string): ModelMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/** The text of an answer, without its reasoning. */
export function textOf(content: readonly AssistantPart[]): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
}

/** The calls of tools that an answer asks for. */
export function callsOf(content: readonly AssistantPart[]): readonly ToolCallPart[] {
  return content.filter((part) => part.type === 'tool-call')
}

/** The hash of a conversation that grew by a message: no prompt has to be hashed, or written, twice. */
export function extendHash(before: string, message: ModelMessage): string {
  return hash({ before, message })
}

/** The hash of a conversation from its beginning. */
export function hashAll(messages: readonly ModelMessage[]): string {
  return messages.reduce(extendHash, '')
}

/** The part of a conversation that can be gone on with: without calls that have no results. */
export function closed(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const last = messages.at(-1)
  return last?.role === 'assistant' && callsOf(last.content).length > 0 ? messages.slice(0, -1) : messages
}
