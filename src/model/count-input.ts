import type { FilePart, ModelInfo, ModelMessage, ModelRequest } from '../core/model.ts'
import { countTokens } from './count-tokens.ts'
import { textsOf } from './text.ts'

type Part = ModelMessage['content'][number]

// What a provider puts around each message and each part of one, and around the whole.
const PER_REQUEST = 32
const PER_MESSAGE = 12
const PER_TOOL = 24
// No provider counts more for an image at the resolution that it reduces it to: Claude up to 4,784, OpenAI up to 6,240.
const PER_IMAGE = 6500

/**
 * The most tokens that a prompt can count.
 *
 * Texts are counted by `countTokens`, each message and tool with what providers put around it, an image as the largest that a provider
 * makes of one. Another file counts as much as the window holds, since its length is not known; a prompt that is larger than the window
 * is refused and costs nothing, so more than that is never counted.
 */
export function countInput(request: ModelRequest, info: ModelInfo, toolOverhead: number): number {
  const { messages, tools = [] } = request
  const parts = messages.flatMap((message): readonly Part[] => message.content)
  const texts = textsOf(request).reduce((sum, text) => sum + countTokens(text), 0)
  const files = parts.reduce((sum, part) => (part.type === 'file' ? sum + countFile(part) : sum), 0)
  const around = PER_REQUEST + PER_MESSAGE * parts.length + PER_TOOL * tools.length + PER_MESSAGE * messages.length
  const all = texts + files + around + (tools.length > 0 ? toolOverhead : 0) + countSignatures(request)
  return Math.min(all, info.contextWindow ?? Number.POSITIVE_INFINITY)
}

function countFile({ mediaType }: FilePart): number {
  return mediaType.startsWith('image/') ? PER_IMAGE : Number.POSITIVE_INFINITY
}

// Reasoning comes back as what a provider sealed: at most a token for three characters of it.
function countSignatures({ messages }: ModelRequest): number {
  const reasoning = messages.flatMap((message) =>
    message.role === 'assistant' ? message.content.filter((part) => part.type === 'reasoning') : [],
  )
  return reasoning.reduce((sum, { metadata }) => sum + Math.ceil((JSON.stringify(metadata) ?? '').length / 3), 0)
}
