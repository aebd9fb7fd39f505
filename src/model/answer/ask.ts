import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamResult,
  SharedV4Warning,
} from '@ai-sdk/provider'
import type { ModelResult } from '../../core/model.ts'
import type { BackendCall } from '../backend.ts'
import { ModelFault } from '../error/fault.ts'
import { createCollection } from './collect.ts'
import { finishOf, toParts, usageOf } from './content.ts'

/** Asks a model once, streamed when somebody listens. Its answer, or whatever went wrong. */
export async function ask(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  call: BackendCall,
): Promise<ModelResult> {
  const given = { ...options, abortSignal: call.signal }
  return call.onDelta === undefined ? askAtOnce(model, given, call) : askStreaming(model, given, call)
}

async function askAtOnce(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  call: BackendCall,
): Promise<ModelResult> {
  const { content, finishReason, usage, response, warnings } = await model.doGenerate(options)
  call.trace.begun = true
  call.trace.ignored = ignoredIn(warnings)
  return toResult(call, { content, finishReason, usage, answeredBy: response?.modelId })
}

async function askStreaming(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  call: BackendCall,
): Promise<ModelResult> {
  const { stream } = await model.doStream(options)
  const collection = createCollection()
  for await (const part of readUntilAborted(stream, call.signal)) {
    if (part.type === 'stream-start') call.trace.ignored = ignoredIn(part.warnings)
    const delta = collection.add(part)
    if (!SAYS_NOTHING.has(part.type)) call.trace.begun = true
    call.onLife(delta !== undefined || part.type === 'tool-call')
    if (delta !== undefined && delta.text !== '') call.onDelta?.(delta)
  }
  const finish = collection.finish()
  if (finish === undefined || isCut(finish)) throw new ModelFault('cut', '')
  return toResult(call, { ...finish, content: collection.content(), answeredBy: collection.answeredBy() })
}

// Parts that come of themselves, without an answer.
const SAYS_NOTHING: ReadonlySet<string> = new Set(['stream-start', 'ping', 'raw', 'finish', 'error'])

type Streamed = LanguageModelV4StreamResult['stream']

/** The parts of a stream; an abort ends it even where the provider's code would wait. */
async function* readUntilAborted(stream: Streamed, signal: AbortSignal) {
  const reader = stream.getReader()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  // Nobody waits for it once the stream has ended.
  aborted.catch(() => {})
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted])
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', abort)
    // What is wrong with a stream that nobody reads any more concerns nobody.
    reader.cancel().catch(() => {})
  }
}

function ignoredIn(warnings: readonly SharedV4Warning[]): readonly string[] {
  return warnings.flatMap((warning) => (warning.type === 'unsupported' ? [warning.feature] : []))
}

type Generated = Pick<Awaited<ReturnType<LanguageModelV4['doGenerate']>>, 'finishReason' | 'usage'> & {
  readonly content: Parameters<typeof toParts>[0]
  readonly answeredBy: string | undefined
}

// No word on why it ended, nor what it used: the connection was closed in an orderly way, but too early.
function isCut({ finishReason, usage }: Pick<Generated, 'finishReason' | 'usage'>): boolean {
  if (finishReason.unified === 'interrupted') return true
  return finishReason.raw === undefined && usageOf(usage) === undefined
}

function toResult(call: BackendCall, { content, finishReason, usage, answeredBy }: Generated): ModelResult {
  const used = usageOf(usage)
  const facts = used === undefined ? {} : { usage: used }
  const finish = finishOf(finishReason)
  if (finish === undefined) throw new ModelFault('error', '', facts)
  if (finish === 'content-filter') throw new ModelFault('refused', '', facts)
  const parts = toParts(content)
  return {
    content: parts,
    finish,
    ...(used === undefined ? { usage: call.assumedUsage(parts), assumedUsage: true } : { usage: used }),
    model: call.info.model,
    ...(answeredBy === undefined ? {} : { answeredBy }),
  }
}
