import type { ModelMessage, ModelRequest } from '../../core/model.ts'
import type { ScriptTurn } from './script.ts'

/** What a scripted model sees of a request. */
export function turnOf(request: ModelRequest, model: string, agent: string | undefined): ScriptTurn {
  const { messages, instructions = '', tools = [], output } = request
  const since = messages.slice(messages.findLastIndex(isFromUser) + 1)
  const results = since.flatMap((message) => (message.role === 'tool' ? message.content : []))
  return {
    model,
    agent,
    instructions,
    messages,
    text: textOf(messages.findLast(isFromUser)),
    turn: since.filter(({ role }) => role === 'assistant').length,
    results,
    tools: tools.map(({ name }) => name),
    output: output?.name,
    result: (tool) => results.findLast(({ name }) => name === tool)?.output.value,
  }
}

function isFromUser({ role }: ModelMessage): boolean {
  return role === 'user'
}

function textOf(message: ModelMessage | undefined): string {
  if (message?.role !== 'user') return ''
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}
