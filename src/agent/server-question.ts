import { PolisError } from '../core/error.ts'
import { schemaFromJson } from '../core/schema.ts'
import type { InputGiven, InputRequired, ServerAnswer, ServerQuestion } from '../core/server-question.ts'
import type { AskTerms, Scope, StepCall } from '../engine/scope.ts'

/** Whose question it is. */
export interface Asking {
  readonly server: string
  /** The beginning of the question's text: `Tool 'x' of MCP server 'y'`. */
  readonly subject: string
  /** The request that the server asks for, as the human sees it. */
  readonly about: Readonly<Record<string, unknown>>
}

/** Milliseconds that the human has; then the server is told that there is no answer. */
interface Patience {
  readonly timeout: number | undefined
}

/** Asks a human all that a server wants to know, one question after another, however long they take (G5). */
export async function askServerQuestions(
  scope: Scope,
  { questions, known, state }: InputRequired,
  asking: Asking & Patience & { readonly name: string },
): Promise<InputGiven> {
  const answers: Record<string, ServerAnswer> = {}
  for (const [key, question] of Object.entries(questions)) {
    answers[key] = await answerTo(question, () => scope.ask(`${asking.name}.ask`, toTerms(question, asking)))
  }
  return { answers, known, ...(state === undefined ? {} : { state }) }
}

/** Asks while the server holds its request open. */
export function askLive(call: StepCall, question: ServerQuestion, asking: Asking & Patience): Promise<ServerAnswer> {
  return answerTo(question, () => call.ask(toTerms(question, asking)))
}

async function answerTo(question: ServerQuestion, ask: () => Promise<unknown>): Promise<ServerAnswer> {
  try {
    // Whoever took the answer has checked it against the question's schema.
    return withDefaults(question, (await ask()) as ServerAnswer)
  } catch (reason) {
    if (PolisError.from(reason).code === 'TIMEOUT') return { action: 'cancel' }
    throw reason
  }
}

function toTerms(question: ServerQuestion, { subject, about, timeout }: Asking & Patience): AskTerms {
  const limit = timeout === undefined ? {} : { timeout }
  const text = `${subject} asks: ${question.message || '(it gives no text)'}`
  if (question.kind === 'form') return { question: text, schema: answerSchema(question.schema), about, ...limit }
  return {
    ...limit,
    question: `${text}\nOpen ${question.url} only if you trust this server; what you enter there goes to it, not to Agentpolis. Accept once you have done so`,
    schema: ACTION_ONLY,
    about: { ...about, url: question.url },
  }
}

const ACTIONS = {
  enum: ['accept', 'decline', 'cancel'],
  description: 'accept: answer it; decline: refuse; cancel: give no answer',
} as const
const ACTION_ONLY = {
  type: 'object',
  properties: { action: ACTIONS },
  required: ['action'],
  additionalProperties: false,
} as const

/** A question's form as the content of an accepting answer; fields with a default may be left out. */
function answerSchema(form: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { required = [], ...rest } = form
  const defaults = defaultsOf(form)
  const needed = Array.isArray(required) ? required.filter((field) => !Object.hasOwn(defaults, String(field))) : []
  const accepted = {
    if: { properties: { action: { enum: ['decline', 'cancel'] } } },
    else: { required: ['action', 'content'] },
  }
  const toAnswer = (content: object) => ({
    type: 'object',
    properties: { action: ACTIONS, content },
    required: ['action'],
    additionalProperties: false,
    ...(needed.length > 0 ? accepted : {}),
  })
  const schema = toAnswer({ ...rest, ...(needed.length > 0 ? { required: needed } : {}) })
  // A question that nobody can answer, because its schema is none, would wait for ever.
  return canCompile(schema) ? schema : toAnswer({ type: 'object' })
}

function canCompile(schema: Readonly<Record<string, unknown>>): boolean {
  try {
    schemaFromJson(schema)['~standard'].validate({})
    return true
  } catch {
    return false
  }
}

function defaultsOf({ properties }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fields = typeof properties === 'object' && properties !== null ? Object.entries(properties) : []
  const given = fields.flatMap(([name, field]) =>
    typeof field === 'object' && field !== null && 'default' in field ? [[name, field.default] as const] : [],
  )
  return Object.fromEntries(given)
}

function withDefaults(question: ServerQuestion, answer: ServerAnswer): ServerAnswer {
  if (answer.action !== 'accept') return { action: answer.action }
  if (question.kind === 'visit') return { action: 'accept' }
  return { action: 'accept', content: { ...defaultsOf(question.schema), ...answer.content } }
}
