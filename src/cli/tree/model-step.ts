import { brief } from '../terminal/brief.ts'

/** So much of an answer shows while it comes: its end, since a line that is too long loses that. */
const SHOWN = 60

/** What shows of a step to whose answer a piece is added. */
export function withDelta(shown: string, data: unknown): string {
  const text = `${shown}${deltaText(data)}`
  return text.length <= SHOWN ? text : `…${text.slice(1 - SHOWN)}`
}

/** Whether a step's result is the answer of a script. */
export function isScripted(output: unknown): boolean {
  return isObject(output) && output.scripted === true && 'finish' in output
}

/** What there is to say of a model's answer: its text, or the tools that it called; undefined for the result of any other step. */
export function answerText(output: unknown): string | undefined {
  if (!isObject(output) || !Array.isArray(output.content) || !('finish' in output) || !('usage' in output))
    return undefined
  const parts = output.content.filter(isObject)
  const text = parts.map((part) => (part.type === 'text' && typeof part.text === 'string' ? part.text : '')).join('')
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [`→ ${String(part.name)}`] : []))
  // Nobody is to take a script for a model.
  const said = [...(output.scripted === true ? ['(scripted)'] : []), ...(text === '' ? [] : [text]), ...calls]
  return brief(said.join(' '))
}

function deltaText(data: unknown): string {
  if (!isObject(data) || typeof data.text !== 'string') return brief(data)
  return data.type === 'text' ? data.text : ''
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
