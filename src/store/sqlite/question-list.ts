import type { DatabaseSync } from 'node:sqlite'
import type { Page, Paged, QuestionFilter } from '../index-port.ts'
import type { Question } from '../journal.ts'
import { pageOf, placeAfter } from '../page.ts'
import { type Condition, createPrepared, joined } from './filtered.ts'
import type { QuestionRow } from './sql/listing.ts'

/** Lists a tenant's open questions, newest first. */
export type QuestionList = (tenant: string, filter: QuestionFilter, page: Page) => Paged<Question>

/** Makes the list of open questions: by assignee, run or agent from an index, else from the one of all. */
export function createQuestionList(database: DatabaseSync): QuestionList {
  const statementOf = createPrepared<QuestionRow>(database)
  return (tenant, filter, page) => {
    const [askedAt, run, id] = placeAfter(page)
    const { where, values } = joined([['tenant = ?', tenant], ...conditionsOf(filter)])
    const sql = `SELECT * FROM questions${sourceOf(filter)} WHERE ${where} AND (askedAt, run, id) < (?, ?, ?)
      ORDER BY askedAt DESC, run DESC, id DESC LIMIT ?`
    const rows = statementOf(sql).all(...values, askedAt, run ?? '', id ?? '', page.limit + 1)
    return pageOf(rows, page, (row) => [row.askedAt, row.run, row.id], questionOf)
  }
}

/** The row's question, with only those optional parts that it has. */
export function questionOf({ deadline, assignee, ...question }: QuestionRow): Question {
  return {
    ...question,
    ...(deadline === null ? undefined : { deadline }),
    ...(assignee === null ? undefined : { assignee }),
  }
}

// The questions of one run are few, and lie together under the primary key.
function sourceOf({ run, assignee, agent }: QuestionFilter): string {
  if (run !== undefined) return ''
  if (assignee !== undefined) return ' INDEXED BY questions_assignee'
  return agent === undefined ? ' INDEXED BY questions_asked' : ' INDEXED BY questions_agent'
}

function conditionsOf({ run, agent, assignee }: QuestionFilter): Condition[] {
  const conditions: Condition[] = []
  if (run !== undefined) conditions.push(['run = ?', run])
  if (agent !== undefined) conditions.push(['agent = ?', agent])
  if (assignee !== undefined) conditions.push(['assignee = ?', assignee])
  return conditions
}
