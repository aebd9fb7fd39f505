import type { LanguageModelV4Content, LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { ModelDelta } from '../../core/model.ts'
import { ModelFault } from '../error/fault.ts'

type Finish = Extract<LanguageModelV4StreamPart, { readonly type: 'finish' }>

/** A streamed answer as it comes together. */
export interface Collection {
  /** Takes the next part; what of it can be shown at once. Throws for a part that tells of an error. */
  add(part: LanguageModelV4StreamPart): ModelDelta | undefined
  /** All parts in the order in which they began. */
  content(): readonly LanguageModelV4Content[]
  finish(): Finish | undefined
  answeredBy(): string | undefined
}

interface Block {
  readonly type: 'text' | 'reasoning'
  text: string
  providerMetadata?: SharedV4ProviderMetadata
}

/** Puts a stream of the AI SDK's providers together. */
export function createCollection(): Collection {
  const parts: (Block | LanguageModelV4Content)[] = []
  const blocks = new Map<string, Block>()
  const tools = new Map<string, string>()
  let finish: Finish | undefined
  let answeredBy: string | undefined
  const open = (type: Block['type'], id: string): Block => {
    const block: Block = { type, text: '' }
    blocks.set(`${type} ${id}`, block)
    parts.push(block)
    return block
  }
  const blockOf = (type: Block['type'], id: string) => blocks.get(`${type} ${id}`) ?? open(type, id)
  const add = (part: LanguageModelV4StreamPart): ModelDelta | undefined => {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
        return void keep(open(typeOf(part.type), part.id), part.providerMetadata)
      case 'text-end':
      case 'reasoning-end':
        return void keep(blockOf(typeOf(part.type), part.id), part.providerMetadata)
      case 'text-delta':
      case 'reasoning-delta': {
        const type = typeOf(part.type)
        const block = blockOf(type, part.id)
        block.text += part.delta
        keep(block, part.providerMetadata)
        return part.delta === '' ? undefined : { type, text: part.delta }
      }
      case 'tool-input-start':
        tools.set(part.id, part.toolName)
        return { type: 'tool-call', id: part.id, name: part.toolName, text: '' }
      case 'tool-input-delta':
        return { type: 'tool-call', id: part.id, name: tools.get(part.id) ?? '', text: part.delta }
      case 'tool-call':
        return void parts.push(part)
      case 'response-metadata':
        answeredBy = part.modelId ?? answeredBy
        return undefined
      case 'finish':
        finish = part
        return undefined
      case 'error':
        throw faultOf(part.error)
      default:
        return undefined
    }
  }
  return { add, content: () => parts, finish: () => finish, answeredBy: () => answeredBy }
}

function typeOf(type: `${Block['type']}-${string}`): Block['type'] {
  return type.startsWith('text') ? 'text' : 'reasoning'
}

function keep(block: Block, metadata: SharedV4ProviderMetadata | undefined): void {
  if (metadata !== undefined) block.providerMetadata = { ...block.providerMetadata, ...metadata }
}

// Some providers give an error, some the event as it came, some only its text.
function faultOf(error: unknown): unknown {
  if (error instanceof Error) return /without a finish reason/i.test(error.message) ? new ModelFault('cut', '') : error
  if (typeof error === 'string') return new ModelFault('error', error)
  const { message = '', code, type, statusCode } = readFault(error)
  const known = statusCode ?? code ?? type
  return new ModelFault('error', message, known === undefined ? {} : { code: String(known) })
}

interface EventFault {
  readonly message?: string
  readonly code?: string | number | null
  readonly type?: string | null
  readonly statusCode?: number
}

function readFault(error: unknown): EventFault {
  if (typeof error !== 'object' || error === null) return {}
  // Looked at field by field; an event may hold the error one level deeper.
  const inner = 'error' in error && typeof error.error === 'object' && error.error !== null ? error.error : error
  return inner as EventFault
}
