import { PolisError } from '../../core/error.ts'
import type { ModelMessage } from '../../core/model.ts'
import type { Scope } from '../../engine/scope.ts'
import { closed } from './message.ts'

/** The conversation of the run's session so far; outside of a session there is none. */
export async function readConversation(scope: Scope): Promise<readonly ModelMessage[]> {
  const { session } = scope.record
  if (session === undefined) return []
  const state = await scope.getSession()
  if (state === null || state === undefined) return []
  if (isConversation(state)) return state.messages
  throw new PolisError(
    'INVALID_INPUT',
    `The state of session ${session} is no conversation: it was left by code of its own. Start another session, or remove this one`,
  )
}

/** Keeps a conversation in the run's session, so that its next run goes on with it. */
export async function keepConversation(scope: Scope, messages: readonly ModelMessage[]): Promise<void> {
  if (scope.record.session === undefined) return
  const kept = closed(messages)
  for (const hash of blobsOf(kept)) scope.blobs.keep(hash)
  await scope.setSession({ messages: kept })
}

function isConversation(state: unknown): state is { readonly messages: readonly ModelMessage[] } {
  return typeof state === 'object' && state !== null && 'messages' in state && Array.isArray(state.messages)
}

function blobsOf(messages: readonly ModelMessage[]): readonly string[] {
  const parts = messages.flatMap(({ role, content }) => (role === 'user' ? content : []))
  return parts.flatMap((part) => (part.type === 'file' && part.blob !== undefined ? [part.blob] : []))
}
