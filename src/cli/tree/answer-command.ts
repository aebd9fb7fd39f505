import { isRecord } from '../../core/record.ts'
import { onlyProperty } from '../parse-answer.ts'
import { quoteWord } from '../terminal/quote-word.ts'
import type { OpenQuestion } from './node.ts'

/** The command that answers a question, with a fitting example of an answer: `polis runs answer run_01k… yes --question approve`. */
export function answerCommandOf({ run, id, schema }: Pick<OpenQuestion, 'run' | 'id' | 'schema'>): string {
  return `polis runs answer ${quoteWord(run)} ${exampleAnswer(schema)} --question ${quoteWord(id)}`
}

function exampleAnswer(schema: unknown): string {
  if (!isRecord(schema)) return 'ANSWER'
  if (schema.type === 'boolean') return 'yes'
  if (Array.isArray(schema.enum) && typeof schema.enum[0] === 'string') return quoteWord(schema.enum[0])
  if (schema.type === 'string') return `'…'`
  const only = onlyProperty(schema)
  if (only !== undefined) return exampleAnswer(only.schema)
  return schema.type === 'object' ? `'{…}'` : 'ANSWER'
}
