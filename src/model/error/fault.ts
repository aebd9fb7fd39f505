import type { TokenUsage } from '../../core/usage.ts'

/** What is wrong with an answer, or with getting one. */
export type FaultKind = 'status' | 'malformed' | 'cut' | 'refused' | 'error'

/**
 * Something that went wrong with an answer, before it is an error of the project; never leaves this part.
 *
 * `words` are the provider's own: they may quote the request, so they are shown only after a look.
 */
export class ModelFault extends Error {
  override readonly name = 'ModelFault'
  readonly kind: FaultKind
  readonly words: string
  readonly code: string | undefined
  readonly usage: TokenUsage | undefined

  constructor(kind: FaultKind, words: string, facts: { readonly code?: string; readonly usage?: TokenUsage } = {}) {
    super(words)
    this.kind = kind
    this.words = words
    this.code = facts.code
    this.usage = facts.usage
  }
}
