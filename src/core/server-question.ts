/**
 * What a tool server asks the human behind a run: values that a JSON Schema describes (`form`), or a visit of a page whose result the
 * server learns by itself (`visit`).
 */
export type ServerQuestion =
  | { readonly kind: 'form'; readonly message: string; readonly schema: Readonly<Record<string, unknown>> }
  | { readonly kind: 'visit'; readonly message: string; readonly url: string }

/** What the human said: `decline` is a no, `cancel` is no answer at all. `content` are the values of an accepted form. */
export interface ServerAnswer {
  readonly action: 'accept' | 'decline' | 'cancel'
  readonly content?: Readonly<Record<string, unknown>>
}

/**
 * A server's word that it needs more before it gives a result. Plain JSON, so that it can be recorded; the request is then made again
 * with an `InputGiven`, by whoever, whenever.
 */
export interface InputRequired {
  readonly kind: 'input-required'
  /** By the server's own keys, in its order. */
  readonly questions: Readonly<Record<string, ServerQuestion>>
  /** What was answered without asking anyone; sent along with the answers. */
  readonly known: Readonly<Record<string, unknown>>
  /** The server's own, handed back as it is. */
  readonly state?: string
}

/** The answers to an `InputRequired`. */
export interface InputGiven {
  readonly answers: Readonly<Record<string, ServerAnswer>>
  readonly known: Readonly<Record<string, unknown>>
  readonly state?: string
}

/** Whether a server asks for more instead of answering; what a human says became of a call that was cut off may be anything. */
export function isInputRequired(result: unknown): result is InputRequired {
  if (typeof result !== 'object' || result === null) return false
  return 'kind' in result && result.kind === 'input-required' && 'questions' in result
}
