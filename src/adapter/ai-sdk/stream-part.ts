import { PolisError } from '../../core/error.ts'
import type { ModelDelta } from '../../core/model.ts'
import { usageOf } from './usage.ts'

/** A part of a model's stream, as far as it is looked at. */
interface StreamPart {
  readonly type: string
  readonly id?: string
  readonly delta?: string
  readonly toolName?: string
  readonly error?: unknown
  readonly providerMetadata?: unknown
  /** Of `finish`: the provider's own word for why it ended is `raw`. */
  readonly finishReason?: { readonly raw?: unknown } | string
  readonly usage?: unknown
}

/**
 * All parts of a model's stream, in order, with deltas of one block joined: nobody reads them one by one any more.
 *
 * Throws what an error part holds, and MODEL_UNAVAILABLE when the stream ends before the answer does.
 */
export async function readParts(
  stream: ReadableStream<unknown>,
  watch: (part: StreamPart) => void,
): Promise<unknown[]> {
  const parts: StreamPart[] = []
  for await (const part of stream as ReadableStream<StreamPart>) {
    if (part.type === 'error') throw part.error
    if (part.type === 'ping') continue
    watch(part)
    const last = parts.at(-1)
    if (last !== undefined && continues(last, part)) parts[parts.length - 1] = join(last, part)
    else parts.push(part)
  }
  if (parts.at(-1)?.type === 'finish' && !isNoAnswer(parts)) return parts
  throw new PolisError('MODEL_UNAVAILABLE', 'The stream of the model ended before its answer did: it was cut off', {
    details: { sent: true, received: parts.length > 0 },
  })
}

// A body that is no stream of events ends as one in which nothing was said: no word, no reason, no count.
function isNoAnswer(parts: readonly StreamPart[]): boolean {
  const { finishReason, usage } = parts.at(-1) ?? {}
  if (typeof finishReason === 'object' && finishReason.raw !== undefined) return false
  return usageOf(usage) === undefined && parts.every(({ type }) => SILENT.has(type))
}

const SILENT: ReadonlySet<string> = new Set(['stream-start', 'response-metadata', 'raw', 'finish'])

/** A stream that gives out parts that are known already. */
export function replayParts(parts: readonly unknown[]): ReadableStream<unknown> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

/** Tells what those who watch see of each part of one stream. */
export function createDeltaOf(): (part: StreamPart) => ModelDelta | undefined {
  // Only the first part of a call names its tool.
  const names = new Map<string, string>()
  return ({ type, id = '', delta: text = '', toolName }) => {
    if (type === 'text-delta') return { type: 'text', text }
    if (type === 'reasoning-delta') return { type: 'reasoning', text }
    if (type === 'tool-input-start' && toolName !== undefined) names.set(id, toolName)
    if (type !== 'tool-input-start' && type !== 'tool-input-delta') return undefined
    return { type: 'tool-call', id, name: names.get(id) ?? '', text }
  }
}

function continues(last: StreamPart, next: StreamPart): boolean {
  return next.type.endsWith('-delta') && next.type === last.type && next.id === last.id && !hasMetadata(last, next)
}

function hasMetadata(...parts: readonly StreamPart[]): boolean {
  return parts.some(({ providerMetadata }) => providerMetadata !== undefined)
}

function join(last: StreamPart, { delta = '' }: StreamPart): StreamPart {
  return { ...last, delta: `${last.delta ?? ''}${delta}` }
}
