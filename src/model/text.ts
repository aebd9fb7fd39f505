import type { ModelMessage, ModelRequest } from '../core/model.ts'

/** Every text of a request that a model reads, in order: instructions, tools, messages, the schema of the output. */
export function textsOf({ instructions, messages, tools = [], output }: ModelRequest): readonly string[] {
  return [
    ...(instructions === undefined ? [] : [instructions]),
    ...tools.flatMap(({ name, description, input }) => [name, description, JSON.stringify(input) ?? '']),
    ...messages.flatMap(textsOfMessage),
    ...(output === undefined ? [] : [JSON.stringify(output.schema) ?? '']),
  ]
}

/** Every text of a message that a model reads. */
export function textsOfMessage(message: ModelMessage): readonly string[] {
  return message.content.flatMap((part): readonly string[] => {
    if (part.type === 'text' || part.type === 'reasoning') return [part.text]
    if (part.type === 'tool-call') return [part.name, asText(part.input)]
    if (part.type === 'tool-result') return [asText(part.output.value)]
    return part.name === undefined ? [] : [part.name]
  })
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
