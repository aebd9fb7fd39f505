import { parseDuration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import { assertName } from '../core/name.ts'
import { OPTION_STYLES, type QuestionOption } from '../core/question.ts'
import { type Schema, toJsonSchema, validate } from '../core/schema.ts'
import type { AskTerms, Scope } from '../engine/scope.ts'
import type { AskOptions } from './context.ts'

/** The longest name of an assignee, in characters; an option's label may be as long. */
const TEXT_LIMIT = 200
const MOST_OPTIONS = 50

/**
 * Asks a human and answers what the schema makes of the answer; one that it does not accept is asked for again.
 *
 * @throws PolisError INVALID_ARGUMENT where an option is none, or does not fit the schema; TIMEOUT when nobody answered in time.
 */
export async function ask(
  scope: Scope,
  question: string,
  schema: Schema,
  options: AskOptions & Pick<AskTerms, 'consent'> = {},
): Promise<unknown> {
  if (typeof question !== 'string' || question === '') {
    throw new PolisError(
      'INVALID_ARGUMENT',
      `context.ask: expected a question as text, got ${JSON.stringify(question)}`,
    )
  }
  if (schema?.['~standard'] === undefined) {
    throw new PolisError(
      'INVALID_ARGUMENT',
      `context.ask: expected a schema of the answer, such as z.boolean(), as second argument, got ${typeof schema}`,
    )
  }
  const checks = checksOf(schema, options)
  const terms = termsOf(schema, options)
  // Only where the schema is asynchronous: else the question takes its place among the operations as it is asked.
  if (checks.length > 0) await Promise.all(checks)
  const name = assertName(options.name ?? 'ask', 'question name')
  for (let text = question; ; ) {
    const answer = await scope.ask(name, { ...terms, question: text })
    try {
      return await validate(schema, answer, 'answer')
    } catch (reason) {
      // The JSON Schema let it through, the schema itself does not: the human is asked again, with what was wrong.
      text = `${question} (the last answer was not accepted: ${PolisError.from(reason).message})`
    }
  }
}

function termsOf(schema: Schema, options: Parameters<typeof ask>[3] = {}): Omit<AskTerms, 'question'> {
  const { about, timeout, assignee, otherwise, consent } = options
  const choices = options.options?.map(choiceOf)
  return {
    schema: toJsonSchema(schema),
    ...(about === undefined ? {} : { about }),
    ...(timeout === undefined ? {} : { timeout: parseDuration(timeout, 'timeout') }),
    ...(choices === undefined ? {} : { options: choices }),
    ...(assignee === undefined ? {} : { assignee: assertText(assignee, 'assignee') }),
    ...(otherwise === undefined ? {} : { otherwise: { answer: otherwise.answer } }),
    ...(consent === undefined ? {} : { consent }),
  }
}

function choiceOf({ value, label, style }: QuestionOption, at: number): QuestionOption {
  if (style !== undefined && !OPTION_STYLES.includes(style))
    refuse(`options[${at}].style`, OPTION_STYLES.join(', '), style)
  return {
    value,
    ...(label === undefined ? {} : { label: assertText(label, `options[${at}].label`) }),
    ...(style === undefined ? {} : { style }),
  }
}

// Answers that the code gives itself must fit the schema; what is still being checked is answered.
function checksOf(schema: Schema, { options, otherwise, timeout }: AskOptions): readonly Promise<unknown>[] {
  const checks: unknown[] = []
  if (options !== undefined) {
    if (!Array.isArray(options) || options.length === 0 || options.length > MOST_OPTIONS)
      refuse('options', `a list of 1 to ${MOST_OPTIONS} choices`, options)
    checks.push(...options.map(({ value }, at) => fits(schema, value, `options[${at}].value`)))
  }
  if (otherwise !== undefined) {
    if (timeout === undefined) refuse('otherwise', 'a timeout beside it', 'none')
    if (typeof otherwise !== 'object' || otherwise === null || !('answer' in otherwise))
      refuse('otherwise', '{ answer }', otherwise)
    checks.push(fits(schema, otherwise.answer, 'otherwise.answer'))
  }
  return checks.filter((check) => check instanceof Promise)
}

function fits(schema: Schema, value: unknown, what: string): unknown {
  const explain = (reason: unknown): never => {
    const why = `expected an answer that fits the schema. ${PolisError.from(reason).message}`
    throw new PolisError('INVALID_ARGUMENT', `context.ask: option ${what}: ${why}`)
  }
  try {
    const checked = validate(schema, value, what)
    return checked instanceof Promise ? checked.catch(explain) : checked
  } catch (reason) {
    return explain(reason)
  }
}

function assertText(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= TEXT_LIMIT) return value
  return refuse(what, `a text of 1 to ${TEXT_LIMIT} characters`, value)
}

function refuse(option: string, expected: string, got: unknown): never {
  const shown = JSON.stringify(got)?.slice(0, 100)
  throw new PolisError('INVALID_ARGUMENT', `context.ask: option ${option}: expected ${expected}, got ${shown}`)
}
