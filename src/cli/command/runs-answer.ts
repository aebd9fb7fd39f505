import type { Command } from 'commander'
import { PolisError } from '../../core/error.ts'
import type { QuestionView } from '../../core/route/wire.ts'
import { type Cli, contextOf } from '../context.ts'
import { readAnswer } from '../question/read-answer.ts'

/** Adds `polis runs answer`. */
export function addRunsAnswer(runs: Command, cli: Cli): void {
  runs
    .command('answer')
    .description('answer a question that a run asks')
    .argument('<run>', 'the run’s id')
    .argument('<answer>', 'yes or no, a text, or JSON, as the question wants it')
    .option('-q, --question <id>', 'which question, when it asks more than one')
    .action(async (run: string, typed: string, options: { readonly question?: string }, command: Command) => {
      const context = contextOf(command, cli)
      const { id, answer } = await context.connected('look', async (client) => {
        const question = choose((await client.questions.list({ run, limit: 200 })).items, run, options.question)
        const value = await readAnswer(typed, question)
        await client.runs.answer(run, question.id, value)
        return { id: question.id, answer: value }
      })
      if (context.json) return context.document({ run, question: id, answer })
      context.print(`${run}  answered ${id}`)
    })
}

function choose(open: readonly QuestionView[], run: string, wanted: string | undefined): QuestionView {
  const found = wanted === undefined ? open : open.filter(({ id }) => id === wanted)
  const [question, second] = found
  if (question !== undefined && second === undefined) return question
  const ids = open.map(({ id }) => id).join(', ')
  if (question !== undefined) {
    throw new PolisError('INVALID_ARGUMENT', `${run} asks ${found.length} questions: ${ids}`, {
      details: { hint: `Add --question ${question.id}, or another of them` },
    })
  }
  const asked = ids === '' ? `${run} asks nothing now` : `${run} asks nothing under '${wanted}'`
  throw new PolisError('NOT_FOUND', asked, {
    details: { hint: ids === '' ? `'polis runs show ${run}' shows how it stands` : `It asks ${ids}` },
  })
}
