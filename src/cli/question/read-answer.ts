import { PolisError } from '../../core/error.ts'
import { isRecord } from '../../core/record.ts'
import type { JsonSchema } from '../../core/schema.ts'
import { alternativesOf, parseAnswer } from '../parse-answer.ts'
import { ACTED_UPON } from '../terminal/escape.ts'
import type { OpenQuestion } from '../tree/node.ts'

/** What of a question its answer depends on. */
export type Answerable = Pick<OpenQuestion, 'schema' | 'options' | 'about'>

/**
 * The answer that a person means who typed a text: the number or the label of an option, `n` with a reason for an approval, else what
 * `parseAnswer` makes of it. It fits the question's schema.
 *
 * @throws PolisError INVALID_ARGUMENT or INVALID_INPUT, with what is wrong.
 */
export async function readAnswer(typed: string, question: Answerable): Promise<unknown> {
  const answer = chosen(typed, question) ?? declined(typed, question)
  try {
    return await fitting(answer === undefined ? parseAnswer(typed, question.schema) : answer.value, question)
  } catch (reason) {
    const choices = choicesOf(question)
    // Who typed JSON is told what of it does not fit.
    if (choices === undefined || typed.trim().startsWith('{')) throw reason
    throw new PolisError('INVALID_ARGUMENT', `answer: expected ${choices}; got '${typed}'`, { cause: reason })
  }
}

function choicesOf({ options = [], ...question }: Answerable): string | undefined {
  const numbers = options.length === 0 ? 'y or n' : `the number of an option (1-${options.length})`
  if (isApproval(question)) return `${numbers}, n with a reason, or JSON such as {"decision":"approve","args":{…}}`
  return options.length === 0 ? undefined : `${numbers}, its label, or another answer that fits`
}

/** The answer of an approval whose arguments a person edited, or of any question that was edited as JSON. */
export async function readEdited(text: string, question: Answerable): Promise<unknown> {
  const value = parseEdited(text)
  return fitting(isApproval(question) ? { decision: 'approve', args: value } : value, question)
}

/** What there is to edit as JSON: the arguments of a call that is to be approved, or an answer of the schema's shape. */
export function editable({ schema, about }: Answerable): string | undefined {
  if (isApproval({ schema, about })) return showEditable(isRecord(about) ? about.args : {})
  return isRecord(schema) && isRecord(schema.properties) ? showEditable(exampleOf(schema)) : undefined
}

// It is put into a line of the terminal as if it were typed, and must stay the same JSON.
function showEditable(value: unknown): string {
  const code = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return (JSON.stringify(value) ?? 'null').replace(ACTED_UPON, code)
}

/** Whether a human is asked to approve the call of a tool, whose arguments may be edited. */
export function isApproval({ schema, about }: Pick<Answerable, 'schema' | 'about'>): boolean {
  if (!isRecord(about) || typeof about.tool !== 'string' || !('args' in about)) return false
  return alternativesOf(schema).some((it) => isRecord(it) && isRecord(it.properties) && 'decision' in it.properties)
}

function chosen(typed: string, { options = [] }: Answerable): { readonly value: unknown } | undefined {
  const text = typed.trim()
  const byLabel = options.find(({ label }) => label !== undefined && label.toLowerCase() === text.toLowerCase())
  return byLabel ?? (/^\d{1,3}$/.test(text) ? options[Number(text) - 1] : undefined)
}

function declined(typed: string, question: Answerable): { readonly value: unknown } | undefined {
  const [, comment] = /^(?:n|no)[\s,:]+(.+)$/i.exec(typed.trim()) ?? []
  return comment !== undefined && isApproval(question) ? { value: { decision: 'decline', comment } } : undefined
}

async function fitting(answer: unknown, { schema }: Answerable): Promise<unknown> {
  if (!isRecord(schema)) return answer
  const { schemaFromJson, validate } = await import('../../core/schema.ts')
  await validate(schemaFromJson(schema as JsonSchema), answer, 'answer')
  return answer
}

function parseEdited(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { message } = PolisError.from(cause)
    throw new PolisError('INVALID_ARGUMENT', `answer: expected JSON. ${message}`, { cause })
  }
}

function exampleOf(schema: unknown): unknown {
  if (!isRecord(schema)) return null
  if ('default' in schema) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (isRecord(schema.properties)) {
    return Object.fromEntries(Object.entries(schema.properties).map(([name, below]) => [name, exampleOf(below)]))
  }
  const examples: Readonly<Record<string, unknown>> = { string: '', number: 0, integer: 0, boolean: false, array: [] }
  return typeof schema.type === 'string' ? (examples[schema.type] ?? null) : null
}
