import type { AssistantPart, ModelInfo, ModelRequest, ModelResult, Models } from '../../../core/model.ts'

/** What a model of a test answers: a text, parts, or a whole result. */
export type FakeAnswer = string | readonly AssistantPart[] | Partial<ModelResult>

/** Models of a test: any name of `provider/model` is one, and a function answers each request. */
export function fakeModels(
  answer: (request: ModelRequest, call: { readonly agent: string | undefined }) => FakeAnswer | Promise<FakeAnswer>,
  info: Partial<ModelInfo> = {},
): Models {
  return {
    providers: ['fake'],
    chain: (name) => [name],
    describe: (model) => ({ model, provider: 'fake', scripted: true, ...info }),
    countInput: (request) => Math.ceil(JSON.stringify(request).length / 4),
    async call(request, { agent, onDelta }) {
      const content = await answer(request, { agent })
      const result = toResult(request, content)
      for (const part of result.content) if (part.type === 'text') onDelta?.({ type: 'text', text: part.text })
      return result
    },
    close: async () => {},
  }
}

/** A call of a tool in an answer. */
export function toolCall(name: string, input: unknown = {}, id = `call-${name}`): AssistantPart {
  return { type: 'tool-call', id, name, input }
}

function toResult({ model }: ModelRequest, answer: FakeAnswer): ModelResult {
  const usage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  const base = { finish: 'stop', usage, model, scripted: true } as const
  if (typeof answer === 'string') return { ...base, content: [{ type: 'text', text: answer }] }
  return 'length' in answer ? { ...base, content: answer } : { ...base, content: [], ...answer }
}
