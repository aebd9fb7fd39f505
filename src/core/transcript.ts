/**
 * A conversation as people read it.
 *
 * Role: makes messages of a run's entries: what the user said, what was answered, which tools were called, who was asked what.
 * Boundary: pure; one transcript a run, entries in order from the first one.
 */
import type { DecodedEntry, RecordedError } from './entry.ts'
import type { Attachment } from './message.ts'
import type { ModelResult } from './model.ts'
import { isRecord } from './record.ts'

/** One message of a transcript. */
export interface TranscriptMessage {
  /** `tool` is a call of one, `question` and `answer` are what a human was asked and said. */
  readonly role: 'user' | 'assistant' | 'tool' | 'question' | 'answer'
  readonly run: string
  /** Milliseconds since the epoch. */
  readonly time: number
  /** Of a tool: its arguments in short. */
  readonly text: string
  /** Who said it, where that is known. */
  readonly by?: string
  /** The tool. */
  readonly name?: string
  readonly attachments?: readonly Attachment[]
  /** The answer stands in a script: no model thought it. */
  readonly scripted?: true
  /** Why there is no answer, or no result of the tool. */
  readonly error?: RecordedError
}

/** What a transcript reads: the header is needed only so far. */
export type TranscriptEntry = Pick<DecodedEntry, 'kind' | 'time' | 'data'> & { readonly run: string }

/** Takes a run's next entry and answers the messages that it makes, mostly none or one. */
export type Transcript = (entry: TranscriptEntry) => readonly TranscriptMessage[]

const SHORT = 200

/** An empty transcript of one run. */
export function createTranscript(): Transcript {
  const seen: Seen = { said: undefined, led: false }
  return (entry) => messagesOf(entry as DecodedEntry, seen)
}

/** What a step recorded, if it is the answer of a model that belongs to the conversation. */
function modelResultOf(id: string, output: unknown): ModelResult | undefined {
  if (!isRecord(output) || !Array.isArray(output.content)) return undefined
  if (typeof output.finish !== 'string' || typeof output.model !== 'string' || nameOf(id) === 'compact')
    return undefined
  // No other step's result has all of these.
  return output as unknown as ModelResult
}

/** The name of an operation: the last part of its id, without its occurrence. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replace(/#\d+$/, '')
}

/** A value in a few words on one line. */
function inShort(value: unknown): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text
}

// `said` is what a model answered last, `led` whether one leads the run: then its tools are known from what it asked for.
interface Seen {
  said: string | undefined
  led: boolean
}

function messagesOf(entry: DecodedEntry, seen: Seen): readonly TranscriptMessage[] {
  const { run, time } = entry
  const base = { run, time }
  switch (entry.kind) {
    case 'run-submitted':
      return entry.data.continues === undefined ? [{ ...base, role: 'user', ...saidBy(entry.data) }] : []
    case 'step-completed': {
      const result = modelResultOf(entry.data.id, entry.data.output)
      if (result !== undefined) return ofModel(base, result, seen)
      return isTool(entry.data.id, seen) ? [{ ...base, role: 'tool', name: nameOf(entry.data.id), text: '' }] : []
    }
    case 'step-failed':
      return isTool(entry.data.id, seen)
        ? [{ ...base, role: 'tool', name: nameOf(entry.data.id), text: '', error: entry.data.error }]
        : []
    case 'question-asked':
      return [{ ...base, role: 'question', text: entry.data.question }]
    case 'question-answered':
      return [{ ...base, role: 'answer', text: inShort(entry.data.answer), ...byOf(entry.data) }]
    case 'run-completed':
      return ofOutput(base, entry.data.output, seen)
    case 'run-failed':
      return [{ ...base, role: 'assistant', text: '', error: entry.data.error }]
    case 'run-cancelled':
      return [{ ...base, role: 'assistant', text: '', error: { code: 'CANCELLED', message: entry.data.reason } }]
    case 'run-dead':
      return [{ ...base, role: 'assistant', text: '', error: entry.data.error ?? dead(entry.data.reason) }]
    case 'run-diverged':
      return [
        { ...base, role: 'assistant', text: '', error: { code: 'DIVERGED', message: 'the code of the agent changed' } },
      ]
    default:
      return []
  }
}

function saidBy({ input, by }: { readonly input: unknown; readonly by?: string }) {
  const attachments = isRecord(input) && Array.isArray(input.attachments) ? input.attachments.filter(isAttachment) : []
  return { text: textOf(input), ...byOf({ by }), ...(attachments.length === 0 ? {} : { attachments }) }
}

function ofModel(
  base: { readonly run: string; readonly time: number },
  { content, scripted }: ModelResult,
  seen: Seen,
): readonly TranscriptMessage[] {
  seen.led = true
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  if (text !== '') seen.said = text
  const said: TranscriptMessage = { ...base, role: 'assistant', text, ...(scripted ? { scripted } : {}) }
  const calls = content.flatMap((part): TranscriptMessage[] =>
    part.type === 'tool-call' ? [{ ...base, role: 'tool', name: part.name, text: inShort(part.input) }] : [],
  )
  return text === '' ? calls : [said, ...calls]
}

// The model's last answer is what the run came to.
function ofOutput(
  base: { readonly run: string; readonly time: number },
  output: unknown,
  { said }: Seen,
): readonly TranscriptMessage[] {
  const text = textOf(output)
  if (text === '' || text.trim() === said?.trim() || isSame(output, said)) return []
  return [{ ...base, role: 'assistant', text }]
}

function isSame(output: unknown, said: string | undefined): boolean {
  try {
    return said !== undefined && JSON.stringify(JSON.parse(said)) === JSON.stringify(output)
  } catch {
    // What the model said is no JSON.
    return false
  }
}

function isTool(id: string, { led }: Seen): boolean {
  const name = nameOf(id)
  return !led && name.includes('.') && name !== 'session.get'
}

// A text as it is, the text of an object that has just one, else JSON.
function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (isRecord(value)) {
    if (typeof value.message === 'string') return value.message
    const [only, second] = Object.values(value)
    if (typeof only === 'string' && second === undefined && Object.keys(value).length === 1) return only
  }
  return JSON.stringify(value)
}

function isAttachment(value: unknown): value is Attachment {
  return isRecord(value) && typeof value.blob === 'string'
}

function byOf({ by }: { readonly by?: string | undefined }): { readonly by?: string } {
  return by === undefined ? {} : { by }
}

function dead(reason: string): RecordedError {
  return { code: 'WORKER_LOST', message: reason }
}
