import type { LanguageModel } from 'ai'
import type { Context } from '../../agent/context.ts'
import type { AdapterTerms } from '../adapter-terms.ts'
import { recordModelCall } from '../record-model-call.ts'
import { createDeltaOf, readParts, replayParts } from './stream-part.ts'
import { usageOf } from './usage.ts'

/** What the versions of the AI SDK's model interface have in common. */
interface AnyModel {
  readonly specificationVersion: string
  readonly provider: string
  readonly modelId: string
  readonly supportedUrls: unknown
  doGenerate(options: CallOptions): PromiseLike<Generated>
  doStream(options: CallOptions): PromiseLike<{ readonly stream: ReadableStream<unknown> }>
}

interface CallOptions {
  readonly abortSignal?: AbortSignal
  readonly headers?: unknown
  readonly maxOutputTokens?: number
  readonly prompt: unknown
}

interface Generated {
  readonly usage: unknown
  readonly response?: { readonly id?: unknown; readonly timestamp?: unknown; readonly modelId?: unknown }
  readonly request?: unknown
}

const DURABLE = new WeakSet<object>()

/**
 * A model of the AI SDK whose calls are steps of the run: made once, recorded, and handed out again after a crash.
 *
 * A streamed answer reaches the code once it is recorded, whole; those who watch the run see it grow. Give it to `generateText`,
 * `streamText` or an agent in place of the model itself.
 */
export function durableModel(context: Context, model: LanguageModel, terms: AdapterTerms = {}): LanguageModel {
  if (typeof model !== 'string' && DURABLE.has(model)) return model
  const inner = typeof model === 'string' ? namedModel(model) : (model as AnyModel)
  const provider = inner.provider.split('.')[0] ?? inner.provider
  const begin = (options: CallOptions) => {
    const { abortSignal, headers, ...prompt } = options
    return { provider, model: inner.modelId, prompt, maxOutputTokens: options.maxOutputTokens }
  }
  const durable: AnyModel = {
    specificationVersion: inner.specificationVersion,
    provider: inner.provider,
    modelId: inner.modelId,
    get supportedUrls() {
      return inner.supportedUrls
    },
    async doGenerate(options) {
      const answer = await recordModelCall(
        { context, terms },
        {
          ...begin(options),
          call: async ({ signal }) => recordable(await inner.doGenerate({ ...options, abortSignal: signal })),
          usage: (generated) => usageOf((generated as Generated).usage),
        },
      )
      return answer as Generated
    },
    async doStream(options) {
      const parts = await recordModelCall(
        { context, terms },
        {
          ...begin(options),
          async call({ signal, publish }) {
            const deltaOf = createDeltaOf()
            const { stream } = await inner.doStream({ ...options, abortSignal: signal })
            return readParts(stream, (part) => {
              const delta = deltaOf(part)
              if (delta !== undefined) publish(delta)
            })
          },
          usage: (all) => usageOf((all as readonly { usage?: unknown }[]).at(-1)?.usage),
        },
      )
      return { stream: replayParts(parts as readonly unknown[]) }
    },
  }
  DURABLE.add(durable)
  return durable as LanguageModel
}

// The whole prompt and the raw answer would be in it again, and headers may hold cookies.
function recordable({ request, response, ...rest }: Generated): Generated {
  if (response === undefined) return rest
  const { id, timestamp, modelId } = response
  return { ...rest, response: { id, timestamp, modelId } }
}

// A name goes to the SDK's default provider, as it would without us.
function namedModel(name: string): AnyModel {
  const resolve = async (): Promise<AnyModel> => {
    const chosen = (globalThis as { AI_SDK_DEFAULT_PROVIDER?: { languageModel(name: string): unknown } })
      .AI_SDK_DEFAULT_PROVIDER
    const provider = chosen ?? (await import('ai')).gateway
    return provider.languageModel(name) as AnyModel
  }
  const [provider = 'gateway', ...rest] = name.split('/')
  return {
    specificationVersion: 'v4',
    provider,
    modelId: rest.join('/') || name,
    get supportedUrls() {
      return resolve().then(({ supportedUrls }) => supportedUrls)
    },
    doGenerate: async (options) => (await resolve()).doGenerate(options),
    doStream: async (options) => (await resolve()).doStream(options),
  }
}
