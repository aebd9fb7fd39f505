import { formatDuration } from '../../core/duration.ts'
import type { PageView, QuestionView } from '../../core/route/wire.ts'
import type { CliClient } from '../connection.ts'
import type { Context } from '../context.ts'
import { showAge } from '../show-run.ts'
import { brief } from '../terminal/brief.ts'
import { type Column, renderTable } from '../terminal/table.ts'

/** Which questions are shown. */
export interface Inbox {
  readonly assignee?: string
  readonly agent?: string
  readonly limit: number
  readonly cursor?: string
}

/** The open questions, newest first. */
export function readInbox(client: CliClient, inbox: Inbox): Promise<PageView<QuestionView>> {
  return client.questions.list({ ...inbox })
}

/** The questions as a table, numbered from 1. */
export function inboxLines(
  questions: readonly QuestionView[],
  { style, width, io }: Pick<Context, 'style' | 'width' | 'io'>,
): readonly string[] {
  const numbered = questions.map((question, at) => ({ ...question, number: at + 1 }))
  return renderTable(columnsAt(io.clock.now()), numbered, style, width)
}

type Row = QuestionView & { readonly number: number }

function columnsAt(now: number): readonly Column<Row>[] {
  return [
    { title: '#', value: ({ number }) => String(number), align: 'end' },
    { title: 'QUESTION', value: ({ question }) => question, flexible: true },
    { title: 'ABOUT', value: ({ about }) => brief(about), flexible: true },
    { title: 'FOR', value: ({ assignee }) => assignee ?? '', flexible: true },
    { title: 'AGENT', value: ({ agent }) => agent, flexible: true },
    { title: 'RUN', value: ({ run }) => run },
    { title: 'ID', value: ({ id }) => id },
    { title: 'AGE', value: ({ askedAt }) => showAge(askedAt, now), align: 'end' },
    { title: 'LEFT', value: ({ deadline }) => (deadline === undefined ? '' : left(deadline - now)), align: 'end' },
  ]
}

function left(milliseconds: number): string {
  return formatDuration(Math.max(0, milliseconds))
}
