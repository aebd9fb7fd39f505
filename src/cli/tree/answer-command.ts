import { isRecord } from '../terminal/record.ts'
import type { OpenQuestion } from './node.ts'

/** The command that answers a question, with a fitting example of an answer: `polis runs answer run_01k… yes --question approve`. */
export function answerCommandOf({ run, id, schema }: Pick<OpenQuestion, 'run' | 'id' | 'schema'>): string {
  return `polis runs answer ${quote(run)} ${exampleAnswer(schema)} --question ${quote(id)}`
}

function exampleAnswer(schema: unknown): string {
  if (!isRecord(schema)) return 'ANSWER'
  if (schema.type === 'boolean') return 'yes'
  if (Array.isArray(schema.enum) && typeof schema.enum[0] === 'string') return quote(schema.enum[0])
  if (schema.type === 'string') return `'…'`
  return schema.type === 'object' ? `'{…}'` : 'ANSWER'
}

// What a run says must stay one word when the command is copied into a shell.
function quote(text: string): string {
  return /^[\w./#:@-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
