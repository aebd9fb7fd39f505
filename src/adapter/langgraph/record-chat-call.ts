import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { BaseLanguageModelInput } from '@langchain/core/language_models/base'
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import type { AIMessage, BaseMessage, UsageMetadata } from '@langchain/core/messages'
import { ensureConfig, mergeConfigs } from '@langchain/core/runnables'
import type { ModelDelta } from '../../core/model.ts'
import type { TokenUsage } from '../../core/usage.ts'
import type { Place } from '../place.ts'
import { recordModelCall } from '../record-model-call.ts'
import { type Frozen, freeze, thaw } from './frozen.ts'

/** What a chat model was asked. */
export interface ChatCall {
  readonly input: BaseLanguageModelInput
  readonly options: object | undefined
}

interface Recorded {
  readonly message: Frozen
  readonly usage: TokenUsage | undefined
}

type Options = Parameters<BaseChatModel['invoke']>[1]

/** Makes a call of a chat model a step, and answers the message that is recorded. */
export async function recordChatCall(
  place: Place,
  model: BaseChatModel,
  { input, options = {} }: ChatCall,
  call: (options: Options) => Promise<BaseMessage>,
): Promise<BaseMessage> {
  const { provider, name, maxOutputTokens } = whatIs(model)
  const answer = await recordModelCall(place, {
    provider,
    model: name,
    prompt: { messages: messagesOf(input).map(promptOf), ...settingsOf(options) },
    maxOutputTokens,
    async call({ signal, publish }): Promise<Recorded> {
      const asked = { ...options, signal: 'signal' in options ? anyOf(options.signal, signal) : signal }
      const message = await call(place.terms.stream ? watched(asked, publish) : asked)
      return { message: await freeze(message), usage: usageOf((message as AIMessage).usage_metadata) }
    },
    usage: (recorded) => (recorded as Recorded).usage,
  })
  return (await thaw((answer as Recorded).message)) as BaseMessage
}

// A handler that prefers streams makes a model ask for one.
function watched(options: Options, publish: (delta: ModelDelta) => void): Options {
  const handler = BaseCallbackHandler.fromMethods({
    handleLLMNewToken: (text) => {
      if (text !== '') publish({ type: 'text', text })
    },
  })
  return mergeConfigs(ensureConfig(options), { callbacks: [Object.assign(handler, { lc_prefer_streaming: true })] })
}

function messagesOf(input: BaseLanguageModelInput): BaseMessage[] {
  // For subclasses alone by its type, and yet the one way in which all of them read an input.
  const { _convertInputToPromptValue: read } = BaseChatModel as unknown as {
    _convertInputToPromptValue(input: BaseLanguageModelInput): { toChatMessages(): BaseMessage[] }
  }
  return read(input).toChatMessages()
}

// Without ids, which LangGraph makes up anew, and without what the provider said of earlier answers.
function promptOf(message: BaseMessage): unknown {
  const { name, content, tool_calls, tool_call_id } = message as BaseMessage & Record<string, unknown>
  return { type: message.getType(), name, content, tool_calls, tool_call_id }
}

/** What of the options changes the answer: the rest is LangChain's and LangGraph's own, other in each process. */
function settingsOf(options: object): object {
  const { tools, tool_choice, response_format, stop } = options as Readonly<Record<string, unknown>>
  return { tools: Array.isArray(tools) ? tools.map(toolName) : undefined, tool_choice, response_format, stop }
}

function toolName(tool: { readonly name?: string; readonly function?: { readonly name?: string } }): string {
  return tool.name ?? tool.function?.name ?? ''
}

function whatIs(model: BaseChatModel): {
  readonly provider: string
  readonly name: string
  readonly maxOutputTokens: number | undefined
} {
  const { ls_provider, ls_model_name, ls_max_tokens } = model.getLsParams({} as never)
  return {
    provider: (ls_provider ?? 'unknown').toLowerCase(),
    name: ls_model_name ?? model.getName(),
    maxOutputTokens: ls_max_tokens,
  }
}

function usageOf(usage: UsageMetadata | undefined): TokenUsage | undefined {
  if (usage === undefined) return undefined
  const { input_tokens, output_tokens, input_token_details, output_token_details } = usage
  return {
    input: input_tokens,
    cachedInput: input_token_details?.cache_read ?? 0,
    cacheWrite: input_token_details?.cache_creation ?? 0,
    output: output_tokens,
    reasoning: output_token_details?.reasoning ?? 0,
  }
}

function anyOf(first: unknown, second: AbortSignal): AbortSignal {
  return first instanceof AbortSignal ? AbortSignal.any([first, second]) : second
}
