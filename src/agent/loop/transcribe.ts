import type { AssistantPart, ModelMessage, ToolResultPart, UserPart } from '../../core/model.ts'

/** Of one part; a long result is shortened in its middle. */
const MOST_OF_PART = 4000

/** A conversation as a text of at most so many characters, for a model to read; what does not fit is left out in the middle. */
export function transcribe(messages: readonly ModelMessage[], most: number): string {
  return shorten(messages.map(line).join('\n\n'), most)
}

function line(message: ModelMessage): string {
  switch (message.role) {
    case 'user':
      return `User: ${message.content.map(ofUser).join('\n')}`
    case 'assistant':
      return `Assistant: ${message.content.flatMap(ofAssistant).join('\n')}`
    case 'tool':
      return message.content.map(ofTool).join('\n')
  }
}

function ofUser(part: UserPart): string {
  return part.type === 'text' ? shorten(part.text, MOST_OF_PART * 4) : `[file ${part.name ?? ''} ${part.mediaType}]`
}

function ofAssistant(part: AssistantPart): string[] {
  if (part.type === 'reasoning') return []
  if (part.type === 'text') return [shorten(part.text, MOST_OF_PART)]
  return [`[calls ${part.name} with ${shorten(JSON.stringify(part.input) ?? '', MOST_OF_PART)}]`]
}

function ofTool({ name, output }: ToolResultPart): string {
  const value = typeof output.value === 'string' ? output.value : (JSON.stringify(output.value) ?? '')
  return `Result of ${name}${output.kind === 'error' ? ' (an error)' : ''}: ${shorten(value, MOST_OF_PART)}`
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text
  const half = Math.floor(most / 2)
  return `${text.slice(0, half)}\n(… ${text.length - 2 * half} characters are left out …)\n${text.slice(text.length - half)}`
}
