import { formatDuration } from '../../core/duration.ts'
import type { QuestionOption } from '../../core/question.ts'
import { isRecord } from '../../core/record.ts'
import { answerHint } from '../parse-answer.ts'
import { brief } from '../terminal/brief.ts'
import { escapeLines, escapeText } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'
import { editable, isApproval } from './read-answer.ts'

/** A question as it is shown whole. */
export interface ShownQuestion {
  readonly question: string
  readonly schema: unknown
  readonly about?: unknown
  readonly options?: readonly QuestionOption[]
  readonly assignee?: string
  readonly deadline?: number
  readonly otherwise?: { readonly answer: unknown }
}

/** The question with all that helps to answer it: what it is about, its options by number, its deadline. `now` is ms. */
export function questionLines(question: ShownQuestion, style: Style, now: number): readonly string[] {
  const { options = [], assignee, deadline, otherwise } = question
  return [
    style.bold(escapeText(question.question)),
    ...aboutLines(question).map((line) => `  ${line}`),
    ...options.map((option, at) => `  ${style.cyan(String(at + 1))} ${paintOption(option, style)}`),
    ...(assignee === undefined ? [] : [style.dim(`  for ${escapeText(assignee)}`)]),
    ...(deadline === undefined ? [] : [style.dim(`  ${deadlineText(deadline - now, otherwise)}`)]),
  ]
}

/** What may be typed, for a prompt. */
export function answerPrompt(question: ShownQuestion): string {
  const { options = [] } = question
  const choices = options.length === 0 ? answerHint(question.schema) : `1-${options.length}`
  const edit = editable(question) === undefined ? '' : ', e to edit'
  const reason = isApproval(question) ? ', n REASON' : ''
  return `[${escapeText(choices)}${reason}${edit}] › `
}

function aboutLines({ about, schema }: ShownQuestion): readonly string[] {
  if (about === undefined) return []
  const subject = isApproval({ about, schema }) && isRecord(about) ? about.args : about
  const text = typeof subject === 'string' ? subject : (JSON.stringify(subject, null, 2) ?? '')
  return escapeLines(text).split('\n')
}

function paintOption({ value, label, style: look }: QuestionOption, style: Style): string {
  const text = escapeText(label ?? brief(value))
  return look === 'danger' ? style.red(text) : look === 'primary' ? style.bold(text) : text
}

function deadlineText(left: number, otherwise: ShownQuestion['otherwise']): string {
  const when = left > 0 ? `in ${formatDuration(left)}` : 'now'
  if (otherwise === undefined) return `its deadline is ${when}`
  return `${when} the answer is taken to be ${escapeText(brief(otherwise.answer))}`
}
