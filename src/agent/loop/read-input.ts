import { hash } from '../../core/json.ts'
import type { Attachment } from '../../core/message.ts'
import type { FilePart, ModelMessage } from '../../core/model.ts'
import type { Scope } from '../../engine/scope.ts'
import { userText } from './message.ts'
import { PROMPT } from './prompt.ts'
import { LIST_TERMS } from './terms.ts'

/** A run's input as the first message of its user: a prompt as it is, anything else as JSON. */
export async function readInput(scope: Scope, input: unknown): Promise<ModelMessage> {
  const parsed = await PROMPT['~standard'].validate(input)
  if (parsed.issues !== undefined) return userText(JSON.stringify(input, null, 2) ?? '')
  const { value } = parsed
  if (typeof value === 'string') return userText(value)
  const { message, attachments = [] } = value
  if (attachments.length === 0) return userText(message)
  const files = await scope.step('attachments', () => Promise.all(attachments.map((it) => toFile(scope, it))), {
    ...LIST_TERMS,
    hash: hash(attachments),
  })
  // What the step recorded is what it answered.
  return { role: 'user', content: [{ type: 'text', text: message }, ...(files as FilePart[])] }
}

async function toFile({ blobs }: Scope, attachment: Attachment): Promise<FilePart> {
  const stored = await blobs.head(attachment.blob)
  blobs.keep(attachment.blob)
  const mediaType = attachment.mediaType ?? stored.mediaType ?? 'application/octet-stream'
  const name = attachment.name ?? stored.name
  return { type: 'file', mediaType, blob: attachment.blob, ...(name === undefined ? {} : { name }) }
}
