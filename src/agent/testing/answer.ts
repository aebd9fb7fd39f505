import { hash } from '../../core/json.ts'
import { UNCERTAIN_ANSWER } from '../../engine/run/uncertain.ts'
import type { Caller, QuestionView } from '../../engine/service/service.ts'
import type { Life } from './life.ts'
import type { TestOptions, TestQuestion } from './test-options.ts'
import type { World } from './world.ts'

/** Answers the open questions that the test has answers for; false when it has none. */
export async function answerOpen(
  world: World,
  { service }: Life,
  caller: Caller,
  answers: TestOptions['answers'],
): Promise<boolean> {
  const { items } = await service.questions(caller, {}, { limit: 1000 })
  let answered = false
  for (const question of items) {
    const answer = await findAnswer(world, question, answers)
    if (answer === undefined) continue
    await service.answer(caller, question.run, question.id, answer)
    answered = true
  }
  return answered
}

async function findAnswer(world: World, asked: QuestionView, answers: TestOptions['answers'] = {}): Promise<unknown> {
  const { agent, question, schema, about, options, assignee } = asked
  const id = world.paths.id(asked.run, asked.id)
  const seen: TestQuestion = {
    ...{ id, agent, question, schema },
    ...(about === undefined ? {} : { about }),
    ...(options === undefined ? {} : { options }),
    ...(assignee === undefined ? {} : { assignee }),
  }
  if (typeof answers === 'function') return (await answers(seen)) ?? whatHappened(world, seen)
  const key = [id, asked.id, nameOf(asked.id)].find((candidate) => Object.hasOwn(answers, candidate))
  const answer = key === undefined ? whatHappened(world, seen) : answers[key]
  return typeof answer === 'function' ? answer(seen) : answer
}

/** The last part of an id, without its occurrence: `left/approve#2` is named `approve`. */
function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replace(/#\d+$/, '')
}

// After a crash the engine asks what became of a `once` step. Nobody knows better than the test, which called it.
function whatHappened(world: World, { id, schema }: TestQuestion): unknown {
  if (hash(schema) !== UNCERTAIN) return undefined
  const last = world.calls.get(id)?.last
  if (last?.kind !== 'returned') return { action: 'retry' }
  return last.output === undefined ? { action: 'done' } : { action: 'done', output: last.output }
}

const UNCERTAIN = hash(UNCERTAIN_ANSWER)
