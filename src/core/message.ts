import { PolisError } from './error.ts'
import { isRecord } from './record.ts'

/** A file that comes with a message: the hash of a stored blob, and what it is. */
export interface Attachment {
  readonly blob: string
  readonly mediaType?: string
  readonly name?: string
}

/** How an agent takes a message, as far as its input schema says: `{ message, attachments? }`, or the text alone. */
export type MessageShape = { readonly kind: 'object'; readonly attachments: boolean } | { readonly kind: 'text' }

/** The input of a run that a message starts; INVALID_INPUT where the agent takes no messages, or no files. */
export function messageInput(
  agent: { readonly name: string; readonly input: unknown },
  message: string,
  attachments: readonly Attachment[],
): unknown {
  const shape = messageShape(agent.input)
  if (shape === undefined) throw takesNoMessages(agent.name)
  if (attachments.length > 0 && !(shape.kind === 'object' && shape.attachments)) {
    const what = 'files come with a message only where the input has attachments, a list of { blob, mediaType, name }'
    throw new PolisError('INVALID_INPUT', `Agent ${agent.name} takes no files: ${what}`)
  }
  if (shape.kind === 'text') return message
  return attachments.length === 0 ? { message } : { message, attachments }
}

/** What the JSON Schema of an input makes of messages; undefined where a message is no input of the agent. */
export function messageShape(schema: unknown): MessageShape | undefined {
  if (!isRecord(schema)) return { kind: 'object', attachments: true }
  const alternatives = schema.anyOf ?? schema.oneOf
  if (Array.isArray(alternatives)) {
    const shapes = alternatives.map(messageShape)
    return shapes.find((shape) => shape?.kind === 'object') ?? shapes.find((shape) => shape !== undefined)
  }
  const { type, properties, required } = schema
  if (type === 'string') return { kind: 'text' }
  if (type !== undefined && type !== 'object') return undefined
  if (!isRecord(properties)) return required === undefined ? { kind: 'object', attachments: true } : undefined
  const needed = Array.isArray(required) ? required : []
  const isText = isRecord(properties.message) && (properties.message.type ?? 'string') === 'string'
  if (!isText || !needed.every((name) => name === 'message')) return undefined
  return { kind: 'object', attachments: 'attachments' in properties }
}

/** The error for an agent whose input is no message. */
export function takesNoMessages(agent: string): PolisError {
  const todo =
    "give it the input z.object({ message: z.string() }), or start it with 'polis run' and an input of its own"
  return new PolisError(
    'INVALID_INPUT',
    `Agent ${agent} takes no messages, since its input has no text 'message': ${todo}`,
  )
}
