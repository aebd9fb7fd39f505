import type { IndexPort } from '../index-port.ts'
import type { Question } from '../journal.ts'
import { pageOf } from '../page.ts'
import type { Answer } from './answer.ts'
import { type ListPlace, listPlace, lookThrough, readLook } from './look.ts'
import { plainOperation } from './operation.ts'
import { idOf } from './record.ts'
import type { Shard } from './shard.ts'

/** Makes the list of open questions. */
export function createQuestionList({ read }: Shard): Pick<IndexPort, 'question' | 'questions'> {
  return {
    question: (tenant, run, id) =>
      read(
        plainOperation(['question', idOf(tenant, run), id], (answer) =>
          answer.kind() === 'array' ? readQuestion(answer, { tenant, run, id }) : void answer.skip(),
        ),
      ),
    questions: async (tenant, { run, agent, assignee }, page) => {
      const look = (after: ListPlace | undefined, wanted: number) =>
        read(
          plainOperation(['questions', tenant, run, agent, assignee, wanted, after], (answer) =>
            readLook(answer, (item) => readItem(item, tenant)),
          ),
        )
      const after = listPlace(page, ([of = '', id = '']) => `${of}\0${id}`)
      const rows = await lookThrough(page.limit + 1, after, look)
      return pageOf(
        rows,
        page,
        (question) => [question.askedAt, question.run, question.id],
        (question) => question,
      )
    },
  }
}

function readItem(answer: Answer, tenant: string): Question {
  answer.array()
  const run = answer.text()
  return readQuestion(answer, { tenant, run, id: answer.text() })
}

/** Reads a question whose ids are known. */
export function readQuestion(answer: Answer, ids: Pick<Question, 'tenant' | 'run' | 'id'>): Question {
  answer.array()
  const [agent, askedAt] = [answer.text(), answer.number()]
  const [assignee, deadline] = [answer.maybeText(), answer.maybeNumber()]
  return {
    ...{ ...ids, agent, askedAt },
    ...(assignee === undefined ? {} : { assignee }),
    ...(deadline === undefined ? {} : { deadline }),
    payload: answer.bytes(),
  }
}
