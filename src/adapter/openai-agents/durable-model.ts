import {
  type Model,
  type ModelRequest,
  type ModelResponse,
  type StreamEvent,
  type StreamEventResponseCompleted,
  Usage,
} from '@openai/agents'
import { PolisError } from '../../core/error.ts'
import type { ModelDelta } from '../../core/model.ts'
import type { TokenUsage } from '../../core/usage.ts'
import { currentPlace, type Place } from '../place.ts'
import { recordModelCall } from '../record-model-call.ts'

/** What of an answer is recorded: all that the SDK goes on with. */
type Answer = Pick<ModelResponse, 'output' | 'responseId' | 'requestId'> & { readonly usage: Partial<Usage> }

const DURABLE = new WeakSet<Model>()

/**
 * Makes the calls of a model steps wherever they are made within a durable run; elsewhere it stays what it was.
 *
 * The object itself is changed, since agents are found by what they hold: a copy would not be the model that other agents share.
 */
export function makeModelDurable(model: Model, name: string | undefined): Model {
  if (DURABLE.has(model)) return model
  DURABLE.add(model)
  const { getResponse, getStreamedResponse } = model
  const place = () => {
    const here = currentPlace()
    return here?.step === undefined ? here : undefined
  }
  const respond = (request: ModelRequest) => getResponse.call(model, request)
  const stream = (request: ModelRequest) => getStreamedResponse.call(model, request)
  model.getResponse = async (request) => {
    const here = place()
    return here === undefined ? respond(request) : answer(here, request, nameOf(model, name), { respond, stream })
  }
  model.getStreamedResponse = async function* (request) {
    const here = place()
    if (here === undefined) return yield* stream(request)
    const response = await answer(here, request, nameOf(model, name), { respond, stream })
    yield { type: 'response_started' }
    yield doneWith(response)
  }
  return model
}

interface Ways {
  readonly respond: (request: ModelRequest) => Promise<ModelResponse>
  readonly stream: (request: ModelRequest) => AsyncIterable<StreamEvent>
}

async function answer(
  place: Place,
  request: ModelRequest,
  { provider, model }: { readonly provider: string; readonly model: string },
  { respond, stream }: Ways,
): Promise<ModelResponse> {
  const { signal, tracing, ...prompt } = request
  const recorded = await recordModelCall(place, {
    provider,
    model,
    prompt,
    maxOutputTokens: request.modelSettings.maxTokens,
    async call(watch) {
      const asked = { ...request, signal: watch.signal }
      return recordable(place.terms.stream ? await readStream(stream(asked), watch.publish) : await respond(asked))
    },
    usage: (value) => usageOf((value as Answer).usage),
  })
  const found = recorded as Answer
  return { ...found, usage: new Usage(found.usage) }
}

function recordable({ output, responseId, requestId, usage }: Answer): Answer {
  return {
    output,
    usage: { ...usage },
    ...(responseId === undefined ? {} : { responseId }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}

async function readStream(events: AsyncIterable<StreamEvent>, publish: (delta: ModelDelta) => void): Promise<Answer> {
  let done: Answer | undefined
  for await (const event of events) {
    if (event.type === 'output_text_delta') publish({ type: 'text', text: event.delta })
    if (event.type !== 'response_done') continue
    const { id, output, usage, requestId } = event.response
    done = {
      output,
      responseId: id,
      usage: new Usage(usage),
      ...(requestId === undefined ? {} : { requestId }),
    }
  }
  if (done !== undefined) return done
  throw new PolisError('MODEL_UNAVAILABLE', 'The stream of the model ended before its answer did: it was cut off', {
    details: { sent: true },
  })
}

function doneWith({ output, responseId = '', requestId, usage }: ModelResponse): StreamEvent {
  const { requests, inputTokens, outputTokens, totalTokens, inputTokensDetails, outputTokensDetails } = usage
  return {
    type: 'response_done',
    response: {
      id: responseId,
      // What a model answered, which is all that this list can hold.
      output: output as StreamEventResponseCompleted['response']['output'],
      ...(requestId === undefined ? {} : { requestId }),
      usage: { requests, inputTokens, outputTokens, totalTokens, inputTokensDetails, outputTokensDetails },
    },
  }
}

function usageOf({ inputTokens, outputTokens, inputTokensDetails, outputTokensDetails }: Partial<Usage>): TokenUsage {
  const input = sum(inputTokensDetails)
  const output = sum(outputTokensDetails)
  return {
    input: inputTokens ?? 0,
    cachedInput: input.cached_tokens ?? input.cachedTokens ?? 0,
    cacheWrite: input.cache_write_tokens ?? input.cacheWriteTokens ?? 0,
    output: outputTokens ?? 0,
    reasoning: output.reasoning_tokens ?? output.reasoningTokens ?? 0,
  }
}

function sum(details: readonly Readonly<Record<string, number>>[] = []): Record<string, number> {
  const total: Record<string, number> = {}
  for (const [name, count] of details.flatMap(Object.entries)) total[name] = (total[name] ?? 0) + Number(count)
  return total
}

// A name may say its provider, as in `anthropic/claude`; without one it is OpenAI's.
function nameOf(model: Model, name: string | undefined): { readonly provider: string; readonly model: string } {
  const own = '_model' in model && typeof model._model === 'string' ? model._model : undefined
  const full = name ?? own ?? model.constructor.name
  const slash = full.indexOf('/')
  return slash < 0
    ? { provider: 'openai', model: full }
    : { provider: full.slice(0, slash), model: full.slice(slash + 1) }
}
