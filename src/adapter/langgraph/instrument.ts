/**
 * Lets chat models and tools of LangChain be recorded wherever the nodes of a graph call them.
 *
 * Role: three methods of LangChain's base classes are replaced, once: how a chat model is invoked, how it is streamed, and how a tool is
 * invoked. Models and tools are held by the closures of nodes, where nothing else sees them.
 * Boundary: outside of durable runs (no current place), and inside of a step, all of them do what they did before.
 */
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessageChunk, type BaseMessage } from '@langchain/core/messages'
import { ensureConfig } from '@langchain/core/runnables'
import { StructuredTool } from '@langchain/core/tools'
import { hash } from '../../core/json.ts'
import { pack } from '../pack.ts'
import { currentPlace, type Place } from '../place.ts'
import { type ChatCall, recordChatCall } from './record-chat-call.ts'
import { type Config, recordInterruptible } from './record-interruptible.ts'

let done = false

/** Replaces the methods; a second call changes nothing. */
export function instrument(): void {
  if (done) return
  done = true
  instrumentModels()
  instrumentTools()
}

function instrumentModels(): void {
  const { invoke, _streamIterator } = BaseChatModel.prototype
  BaseChatModel.prototype.invoke = async function (input, options) {
    const place = recording()
    if (place === undefined) return invoke.call(this, input, options)
    return recordChatCall(place, this, { input, options }, (asked) => invoke.call(this, input, asked)) as never
  }
  BaseChatModel.prototype._streamIterator = async function* (input, options) {
    const place = recording()
    if (place === undefined) return yield* _streamIterator.call(this, input, options)
    const call: ChatCall = { input, options }
    yield (await recordChatCall(place, this, call, (asked) => whole(_streamIterator.call(this, input, asked)))) as never
  }
}

function instrumentTools(): void {
  const { invoke } = StructuredTool.prototype
  StructuredTool.prototype.invoke = async function (input, config) {
    const place = recording()
    if (place === undefined) return invoke.call(this, input, config)
    return recordInterruptible(place, {
      kind: 'tool',
      name: this.name,
      hash: hash(pack(input)),
      terms: place.terms.tools?.[this.name] ?? {},
      config: ensureConfig(config) as Config,
      call: (counting, signal) => invoke.call(this, input, { ...counting, signal: both(config?.signal, signal) }),
    }) as never
  }
}

function recording(): Place | undefined {
  const place = currentPlace()
  return place?.step === undefined ? place : undefined
}

async function whole(chunks: AsyncIterable<BaseMessage>): Promise<BaseMessage> {
  let all: AIMessageChunk | undefined
  for await (const chunk of chunks as AsyncIterable<AIMessageChunk>) all = all === undefined ? chunk : all.concat(chunk)
  return all ?? new AIMessageChunk('')
}

function both(first: AbortSignal | undefined, second: AbortSignal): AbortSignal {
  return first === undefined ? second : AbortSignal.any([first, second])
}
