import type { FilePart, ModelInfo, ModelMessage, ModelRequest, ModelTool } from '../core/model.ts'
import { countTokens } from './count-tokens.ts'
import { textsOfMessage } from './text.ts'

type Part = ModelMessage['content'][number]

// What a provider puts around each message and each part of one, and around the whole.
const PER_REQUEST = 32
const PER_MESSAGE = 12
const PER_TOOL = 24
// What it says of how an output of a schema is to look.
const PER_OUTPUT = 500
// Providers reduce an image before they count it: to fewer tokens than this at the resolutions of today's models.
const PER_IMAGE = 10_000

/**
 * The most tokens that a prompt can count.
 *
 * Texts are counted by `countTokens`, each message and tool with what providers put around it, an image as the largest that a provider
 * makes of one. Another file counts as much as the window holds, since its length is not known; a prompt that is larger than the window
 * is refused and costs nothing, so more than that is never counted.
 */
export function countInput(request: ModelRequest, info: ModelInfo, toolOverhead: number): number {
  const { messages, instructions = '', tools = [], output } = request
  const conversation = messages.reduce((sum, message) => sum + countMessage(message), 0)
  const offered = tools.length === 0 ? 0 : toolOverhead + countTools(tools)
  const schema = output === undefined ? 0 : PER_OUTPUT + countTokens(JSON.stringify(output.schema) ?? '')
  const all = PER_REQUEST + countTokens(instructions) + offered + conversation + schema
  return Math.min(all, info.contextWindow ?? Number.POSITIVE_INFINITY)
}

// Messages and tools do not change, and come again at each turn of a conversation.
const messageCounts = new WeakMap<ModelMessage, number>()
const toolCounts = new WeakMap<readonly ModelTool[], number>()

function countMessage(message: ModelMessage): number {
  const known = messageCounts.get(message)
  if (known !== undefined) return known
  const parts: readonly Part[] = message.content
  const texts = textsOfMessage(message).reduce((sum, text) => sum + countTokens(text), 0)
  const files = parts.reduce((sum, part) => (part.type === 'file' ? sum + countFile(part) : sum), 0)
  const count = texts + files + PER_MESSAGE * (1 + parts.length) + countSignatures(message)
  messageCounts.set(message, count)
  return count
}

function countTools(tools: readonly ModelTool[]): number {
  const known = toolCounts.get(tools)
  if (known !== undefined) return known
  const count = tools.reduce((sum, { name, description, input }) => {
    return sum + PER_TOOL + countTokens(`${name} ${description} ${JSON.stringify(input)}`)
  }, 0)
  toolCounts.set(tools, count)
  return count
}

function countFile({ mediaType }: FilePart): number {
  return mediaType.startsWith('image/') ? PER_IMAGE : Number.POSITIVE_INFINITY
}

// Reasoning comes back as what a provider sealed: at most a token for three characters of it.
function countSignatures(message: ModelMessage): number {
  if (message.role !== 'assistant') return 0
  const sealed = message.content.flatMap((part) => (part.type === 'reasoning' ? [part.metadata] : []))
  return sealed.reduce((sum, metadata) => sum + Math.ceil((JSON.stringify(metadata) ?? '').length / 3), 0)
}
