import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock'

/** What a model answers in a turn: a text, or calls of tools. */
export type Turn = string | readonly { readonly name: string; readonly args: object }[]

/** What each answer says that it used. */
export const TOKENS_PER_CALL = 120

/** A provider of models behind HTTP, in the form that the libraries of OpenAI ask for. */
export interface ModelServer extends AsyncDisposable {
  /** What makes a library talk to it. */
  readonly env: Readonly<Record<string, string>>
  /** Requests so far. */
  calls(): number
}

/**
 * Starts a provider that answers the n-th turn of a conversation with the n-th of these, whoever asks and however often: a turn is over
 * when as many tool results, of those that it called, are in the prompt.
 */
export async function startModel(turns: readonly Turn[]): Promise<ModelServer> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  let results = 0
  for (const [at, turn] of turns.entries()) {
    const known = results
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: TOKENS_PER_CALL,
      input_tokens: 100,
      output_tokens: 20,
    }
    const isTurn = ({ messages }: ChatCompletionRequest) =>
      messages.filter(({ role }) => role === 'tool').length === known
    if (typeof turn === 'string') mock.on({ predicate: isTurn }, { content: turn, usage })
    else {
      const toolCalls = turn.map(({ name, args }, index) => ({
        id: `call_${at}_${index}`,
        name,
        arguments: JSON.stringify(args),
      }))
      mock.on({ predicate: isTurn }, { toolCalls, usage })
      results += turn.length
    }
  }
  const url = await mock.start()
  return {
    env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'test' },
    calls: () => mock.getRequests().length,
    [Symbol.asyncDispose]: () => mock.stop(),
  }
}
