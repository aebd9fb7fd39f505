import { type InputRequiredResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client'
import { PolisError } from '../../core/error.ts'
import type { InputGiven, InputRequired, ServerAnswer, ServerQuestion } from '../../core/server-question.ts'
import { whyUnfit } from './schema-limit.ts'

/** What a server may be told without asking anyone. */
export interface KnownAnswers {
  readonly roots: readonly { readonly uri: string; readonly name: string }[]
}

const MOST_QUESTIONS = 50
const LONGEST_TEXT = 4000

/**
 * What a server of the newer era asks for, in our words.
 *
 * Throws TOOL_FAILED when it asks for what no human can answer, such as a model's completion.
 */
export function toInputRequired(
  subject: string,
  { inputRequests = {}, requestState }: InputRequiredResult,
  { roots }: KnownAnswers,
): InputRequired {
  const questions: Record<string, ServerQuestion> = {}
  const known: Record<string, unknown> = {}
  const entries = Object.entries(inputRequests)
  if (entries.length > MOST_QUESTIONS)
    throw new PolisError(
      'TOOL_FAILED',
      `${subject} asked ${entries.length} questions at once: at most ${MOST_QUESTIONS} are taken`,
    )
  for (const [key, request] of entries) {
    if (request.method === 'roots/list') known[key] = { roots }
    else if (request.method === 'elicitation/create') questions[key] = toQuestion(request.params)
    else throw new PolisError('TOOL_FAILED', `${subject} ${NO_SAMPLING}`)
  }
  return { kind: 'input-required', questions, known, ...(requestState === undefined ? {} : { state: requestState }) }
}

/** Said to and of servers that want to use our models. */
export const NO_SAMPLING =
  'asked for a completion by a model (sampling), which is not offered to servers: use a server that brings its own model'

/** One elicitation as a question. */
export function toQuestion(params: unknown): ServerQuestion {
  const { mode, message, url, requestedSchema } = params as {
    readonly mode?: string
    readonly message?: string
    readonly url?: string
    readonly requestedSchema?: Readonly<Record<string, unknown>>
  }
  const text = (message ?? '').slice(0, LONGEST_TEXT)
  if (mode === 'url') return { kind: 'visit', message: text, url: pageOf(url) }
  const schema = requestedSchema ?? { type: 'object' }
  const reason = whyUnfit({ inputSchema: schema })
  if (reason !== undefined) throw new PolisError('TOOL_FAILED', `The server asks for more than can be shown: ${reason}`)
  return { kind: 'form', message: text, schema }
}

// A human is to open it in a browser: no scripts, no files, and no name before the host that passes for it.
function pageOf(url: string | undefined): string {
  const page = URL.parse(url ?? '')
  if (
    page !== null &&
    /^https?:$/.test(page.protocol) &&
    page.username === '' &&
    page.password === '' &&
    page.href.length <= LONGEST_TEXT
  )
    return page.href
  throw new PolisError(
    'TOOL_FAILED',
    'The server asks to have a page visited whose address is no plain http or https URL',
  )
}

/**
 * The pages that a server of the older era wants visited before it does what was asked (JSON-RPC error -32042); undefined for any
 * other error. Its request is then made again as it was.
 */
export function toVisits(error: unknown): InputRequired | undefined {
  if (!(error instanceof ProtocolError) || error.code !== ProtocolErrorCode.UrlElicitationRequired) return undefined
  const { elicitations } = (error.data ?? {}) as { readonly elicitations?: unknown }
  if (!Array.isArray(elicitations) || elicitations.length === 0) return undefined
  const asked = elicitations
    .slice(0, MOST_QUESTIONS)
    .map((it: unknown, at) => [String(at), toQuestion({ ...(it as object), mode: 'url' })])
  return { kind: 'input-required', questions: Object.fromEntries(asked), known: {} }
}

/** The parameters by which a request of the newer era carries its answers. */
export function answerParameters(given: InputGiven | undefined): Record<string, unknown> {
  if (given === undefined) return {}
  const { answers, known, state } = given
  const inputResponses: Record<string, unknown> = { ...known }
  for (const [key, answer] of Object.entries(answers)) inputResponses[key] = toElicitResult(answer)
  return { inputResponses, ...(state === undefined ? {} : { requestState: state }) }
}

/** An answer as the protocol has it. */
export function toElicitResult({ action, content }: ServerAnswer): {
  action: ServerAnswer['action']
  content?: Record<string, string | number | boolean | string[]>
} {
  // The form allows only these; the SDK checks it again.
  return action === 'accept' && content !== undefined ? { action, content: content as never } : { action }
}
